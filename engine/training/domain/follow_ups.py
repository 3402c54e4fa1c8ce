"""What can follow any answer: asking to hear it once more."""

from __future__ import annotations

from engine.training.domain.patterns import expand

# After one of these the right reply is the answer before it, word for word.
REPEATS: tuple[str, ...] = expand("""
    [say|repeat|tell me] [that|it] [again|once more|one more time|another time]
    [repeat that|repeat|again|once more|one more time|come again|pardon|pardon me|i beg your pardon|excuse me|repeat the answer]
    what did you [say|just say|tell me|answer]
    what was [that|that again|the answer|your answer|your last answer|it again]
    [i did not|i didn't|i could not|i couldn't] [hear you|hear that|catch that|get that|understand that|understand you]
    [can|could] you [repeat that|say that again|repeat the answer|repeat it|say it again]
    [i missed that|i missed the answer|you said what]
    [how was that|give me the answer again|the answer again|what was the answer again]
    [let me hear that again|let me hear it again|play that again]
    [i was not listening|i forgot the answer|say your last sentence again]
    [repeat your answer|repeat your last answer|repeat what you said|say again|what|sorry what|what did you say again]
    """)
