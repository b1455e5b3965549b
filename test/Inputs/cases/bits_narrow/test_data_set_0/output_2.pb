Bi8BitwiseXorJ
L—YW%¦¼dBÌ