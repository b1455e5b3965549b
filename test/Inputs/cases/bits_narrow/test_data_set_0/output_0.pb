Bi8BitwiseAndJ
@‚ˆÈIC“•