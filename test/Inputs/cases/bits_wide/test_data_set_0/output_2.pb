Bu32BitwiseXorJ(¿‰<gÙ`û¸´f@×y2
+ÐL–d…hõ{€aBKŽMV-ÆàN