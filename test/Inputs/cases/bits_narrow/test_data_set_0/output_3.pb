Bi8notJ
ª=d3°h*æ