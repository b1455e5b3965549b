Bi8BitwiseOrJ
]злпэяџїзн