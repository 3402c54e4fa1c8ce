"""How the program is used: its pages and panels, its keys, where things are kept, what it needs."""

from __future__ import annotations

from .intent import Fact, Intent
from .patterns import expand
from .phrases import rows
from .tables import content, lone


def _facts(lines: str, answer: str = "{}") -> tuple[Fact, ...]:
    """Rows "thing; other names | answer": every name has the same answer; its content words are the key."""
    return tuple(
        Fact({"x": name.strip()}, answer.format(said), content(said)) for names, said in rows(lines) for name in names.split(";")
    )


_PAGES = _facts("""
    the talk page; talk page              | There you speak with the model.
    the compare page; compare page     | There you hear one question under several schedules.
    the blind test page             | There you judge replies without knowing which is which.
    the models page; models page        | There you see, add and download models.
    the settings page; settings page  | There you change how the program works.
    the diagnostics page; diagnostics page | There you see versions, devices and the log.
    the about page; about page           | It names every part with its licence.
    the schedule panel               | It sets how deep each token goes.
    the depth panel                     | It draws how deep every token went.
    the speed panel                     | It shows how many tokens come each second.
    the timeline panel; the time line panel | It shows when each part of a turn happened.
    the memory panel                   | It shows what the conversation takes in memory.
    the library; the session list; the list of sessions  | It holds your past conversations.
    the blind test; a preference test                    | You choose the reply you like better, unseen.
    an a b x test; the a b x test                        | You say which of two sounds the third one is.
    an attention check; attention checks                 | It tests whether a listener really listens.
    the self test; a self test                           | It finds out whether everything works here.
    the demo; the demo mode                              | It asks the bundled questions by itself.
    a private session; private sessions                  | Nothing of a private session is written down.
    hands free; hands free mode; the hands free mode     | Your voice alone begins and ends a question.
    the g p u pack; a g p u pack                         | It lets the program use a graphics card.
    the command line; the terminal commands              | It asks, measures and downloads without a window.
    the exported file; a session file; a refrain file    | It is a zip with a session in it.
    the welcome page; the welcome                        | It shows a newcomer the first steps.
    """)  # fmt: skip

_KEYS = _facts("""
    speak to you; ask by voice; record a question     | Hold the space bar and speak.
    stop a reply; stop the reply; cancel; interrupt you | Press escape to stop the reply.
    mute the microphone; switch off the microphone     | Press m to mute the microphone.
    mute the replies; silence the speaker              | Press control m to mute replies.
    see all keys; see the shortcuts; find the keys     | Press f one to see every key.
    start a new session; begin a new conversation      | Press control n for a new session.
    start a private session; talk in private           | Press control shift n for a private session.
    type a question; write a question                  | Press control l and type it.
    ask again; repeat the last question; try again     | Press control r to ask it again.
    open a sound file; ask with a sound file           | Press control o and choose the file.
    copy the conversation; copy all that was said      | Press control shift c to copy it.
    open the compare page; go to compare               | Press control two for comparing.
    open the blind test page; go to the blind test     | Press control three for the blind test.
    open the models page; go to the models page        | Press control four for the models.
    open the settings; go to the settings              | Press control five for the settings.
    open the diagnostics; go to the diagnostics        | Press control six for the diagnostics.
    show the sessions; hide the sessions               | Press f three for the sessions.
    show the schedule panel; hide the schedule panel   | Press f four for the schedule panel.
    show the depth panel; hide the depth panel         | Press f five for the depth panel.
    show the speed panel; hide the speed panel         | Press f six for the speed panel.
    show the timeline panel; hide the timeline panel   | Press f seven for the timeline.
    show the memory panel; hide the memory panel       | Press f eight for the memory panel.
    play replies louder; raise the volume in the program | Press control and the up arrow.
    play replies more quietly; lower the volume in the program | Press control and the down arrow.
    """)

_HOW = _facts("""
    install a model; add a model; download a model      | Use the models page, or the command models download.
    choose a model; change the model; switch models     | Choose the model in the settings.
    change the schedule; choose a schedule              | Open the schedule panel on the talk page.
    delete a session; throw a session away              | Delete it in the list of sessions, undo brings it back.
    search my sessions; find an old conversation        | Type into the search above the sessions.
    rename a session; give a session a name             | Rename it in the list of sessions.
    export a session; save a session as a file          | Export it from the list of sessions.
    import a session; bring a session back              | Open the exported file with the program.
    continue an old session; go on with an old conversation | Open it in the list and continue.
    delete everything; erase all my data                | The settings delete everything that is kept.
    change the microphone; choose another microphone    | Choose the microphone in the settings.
    change the loudspeaker; choose another loudspeaker  | Choose the loudspeaker in the settings.
    make the words bigger; change the text size         | Change the text size in the settings.
    switch to dark mode; make the window dark           | Choose dark in the settings.
    change a key; change a shortcut                     | Every key can be changed in the settings.
    use my graphics card; run on the graphics card      | The models page has a button for that.
    check the installation; test whether it works       | Run the self test in the diagnostics.
    copy a report; report a problem                     | Copy the report in the diagnostics.
    compare two schedules by ear                        | The compare page plays both, equally loud.
    speak over a reply; interrupt with my voice         | Wear headphones in hands free mode.
    turn pooling on; use pooling; set the pooling       | The schedule panel sets the pooling, too.
    measure a schedule; measure the quality             | The command eval measures schedules.
    train exit heads; make exit heads                   | The command heads train makes exit heads.
    make replies more random; change the temperature    | Raise the temperature in the schedule panel.
    get the same reply again; repeat a reply exactly    | Keep the seed and ask again.
    """)

_WHERE = _facts("""
    my sessions; the sessions; old conversations; past conversations | On this machine, in your data folder.
    my settings; the settings kept                   | In a settings file in your home.
    the downloaded models; models kept               | In your data folder, on this machine.
    my recordings; the sounds of my questions        | Beside their session, on this machine.
    the log; the log file                            | The diagnostics page shows the log.
    the exit head of a token; the exit heads         | At the layers where tokens may leave.
    the licences; the licence of the program         | The about page shows all licences.
    the help; the manual                             | Press f one, or read the readme.
    """)

_PLAIN = _facts("""
    spark k good for; spark k for; the idea of spark k       | Most speech tokens skip upper layers, a steady few do not.
    an exit head for; exit heads good for                    | They pick a token before the upper layers.
    review for; review good for; the idea of review          | Full depth checks drafts, so the reply stays the same.
    affinity pooling for; affinity pooling good for          | It shortens the sound you said before I think.
    early stop interleaving for; early stop good for         | It saves the padding once the text is done.
    the depth strip for; the depth strip                     | It shows how deep each token went.
    the refresh period good for; the period for              | It sets how often full depth returns.
    the entropy schedule for; an entropy schedule good for   | Sure tokens leave, unsure ones go on.
    catch up good for; catch up for                          | It fills what the upper layers missed.
    the k v cache for; a k v cache good for                  | It saves reading old tokens again.
    a blind test for; a blind test good for                  | Ears judge more fairly when they cannot see.
    equal loudness for; equal loudness good for              | The louder one would sound better.
    word error rate for; the word error rate good for        | It says how well a voice is understood.
    the real time factor for; the real time factor good for  | Below one, speech comes faster than it plays.
    the time line for; the time line good for                | It shows where the time of a turn went.
    streaming for; streaming good for                        | You hear the start before the end is made.
    a seed for; a seed good for                              | The same seed gives the same reply.
    """)

INTENTS: tuple[Intent, ...] = (
    Intent("program.pages", expand("""
        [what is|what's|what can i do on|what do i see on|what is there on|tell me about|explain|describe] {x}
        what [does {x} do|does {x} show|is {x} for|is {x} good for]
        [what do i need {x} for|what happens on {x}|how do i use {x}|show me what {x} does|do you know what {x} does]
        """), _PAGES, ("and {x}", "what about {x}", "how about {x}", "and what is {x}")),
    Intent("program.keys", expand("""
        [how do i|how can i|which key do i press to|what key do i press to|what do i press to|with which key do i] {x}
        [which key is there to|is there a key to|what is the key to|what is the shortcut to|tell me how to|do you know how to] {x}
        [i want to|how does one|can i|what should i press to] {x}
        """), _KEYS, ("and to {x}", "and how do i {x}", "what about to {x}")),
    Intent("program.how", expand("""
        [how do i|how can i|where do i|where can i|tell me how to|do you know how to|i want to|can i|how does one] {x}
        [what must i do to|what do i do to|show me how to|is it possible to|how would i|i would like to] {x}
        """), _HOW, ("and to {x}", "and how do i {x}", "what about to {x}")),
    Intent("program.where", expand("""
        [where are|where is|where do i find|where can i find|where does refrain keep|where do you keep|where can i see] {x}
        [where does the program keep|in which place are|tell me where to find|do you know where to find] {x}
        """), _WHERE, ("and {x}", "what about {x}", "and where are {x}")),
    Intent("program.plain", expand("""
        [what is|what's|tell me what is|so what is|in plain words what is|just what is|do you know what is] {x}
        """), _PLAIN, ("and {x}", "and what is {x}")),
    lone("program.hardware", "Wren needs only a plain processor.", "plain processor",
         "what hardware do i need", "what hardware does refrain need", "what computer do i need",
         "how fast must my computer be", "do i need a graphics card", "does wren need a graphics card",
         "what does this program need to run", "what machine do i need for refrain", "is my computer fast enough",
         "how much power does wren need", "can a laptop run refrain", "does refrain run on a laptop",
         "what do i need to run wren"),
    lone("program.big_hardware", "The big models want about thirteen gigabytes.", "thirteen gigabytes",
         "what hardware do the big models need", "how much memory do the big models need", "what do the big models need",
         "how much memory does g l m four voice need", "how much memory does step audio need",
         "which graphics card do the big models need", "what does g l m four voice need", "how big are the big models",
         "how much memory does a big model take", "can my card run the big models"),
    lone("program.systems", "It installs on Linux and Windows, and runs from source.", "linux source",
         "which systems does refrain run on", "what systems are supported", "does refrain run on linux",
         "how do i install refrain", "how can i install this program", "where is the installer", "which installers are there",
         "can i install refrain on debian", "can i install refrain on ubuntu", "how do i get refrain"),
    lone("program.updates", "It never looks for updates by itself.", "never updates itself",
         "does refrain update itself", "does the program look for updates", "how do i update refrain", "are there updates",
         "does refrain check for a new version", "will this program update itself", "when does refrain update",
         "does the program call home", "how does refrain get updates"),
    lone("program.licence", "The licence is M I T, all may use it.", "m i t all",
         "what is the licence of refrain", "which licence does refrain have", "under which licence is refrain",
         "is refrain open source", "may i change refrain", "can i see the source code", "is the source code open",
         "may i pass refrain on", "what licence does this program have"),
    lone("program.written_in", "It is written in Python.", "python",
         "what is refrain written in", "in which language is refrain written", "which programming language is refrain in",
         "what is the code of refrain written in", "in what language is this program written",
         "which language was refrain programmed in", "what language is this program written in",
         "is refrain written in python", "what was refrain programmed in"),
    lone("program.silence", "Where no voice was heard, nothing is answered.", "no voice nothing",
         "what happens when i say nothing", "what if i say nothing", "what do you do when it is silent",
         "what happens when nobody speaks", "do you answer noise", "what happens with noise", "why did you not answer me",
         "why is there no answer", "why did nothing happen when i spoke"),
    lone("program.crash", "What was said is on disk already.", "on disk already",
         "what happens when the program crashes", "is anything lost in a crash", "what if refrain crashes",
         "do i lose my conversation in a crash", "when is a conversation saved", "do i have to save",
         "how do i save a session", "are conversations saved by themselves", "what if the power fails"),
    lone("program.voices", "I have one voice only.", "one only",
         "how many voices do you have", "which voices are there", "which voices can i choose", "do you have other voices",
         "is there a male voice", "is there a female voice", "can i pick a voice", "how many voices does wren have",
         "does wren have more voices"),
    lone("program.knows", "Ask me about words, numbers, places and things.", "words numbers places things",
         "which topics does wren know", "what does wren know", "what can wren answer", "what was wren taught",
         "what does this model know", "what kinds of questions does wren answer", "what may i ask wren",
         "which questions does wren understand"),
    lone("program.rate", "I speak twenty five units a second.", "twenty five units",
         "how many units do you speak in a second", "how many units a second do you speak", "what is your token rate",
         "how many speech tokens make a second", "at what rate do you speak", "how many sounds a second do you make",
         "what is your unit rate", "how many units is a second of your speech", "tell me your token rate",
         "how many speech tokens are in a second"),
    lone("program.sample_rate", "My sound has sixteen thousand samples a second.", "sixteen thousand samples",
         "what is your sample rate", "which sample rate do you have", "how many samples a second do you make",
         "what sample rate does wren use", "how fine is your sound", "which sampling rate do you use",
         "tell me your sample rate", "how many samples make a second of your voice", "at which sample rate do you speak"),
    lone("program.layer_count", "My network has twelve layers.", "twelve layers",
         "how many layers does your network have", "how many layers does your network have in all", "count your layers",
         "tell me the number of your layers", "how many layers does your model have", "of how many layers is your network",
         "is your network deep", "how many layers has your network", "what is the number of your layers",
         "how many layers are in your network"),
    lone("program.ratio", "Four text tokens, then sixteen of speech.", "four text sixteen speech",
         "how many text tokens come before speech tokens", "what is the ratio of text and speech",
         "how many speech tokens follow the text tokens", "in what order come text and speech",
         "how do text and speech alternate", "how many speech tokens come after the text", "which comes first text or speech",
         "how is a reply put together", "what is the pattern of text and speech", "how are text and speech mixed"),
    lone("program.offline_why", "So that nothing you say leaves the machine.", "nothing leaves machine",
         "why is refrain offline", "why does refrain work offline", "why are you offline", "what is the use of being offline",
         "why should a voice chat be offline", "why is it good to be offline", "why not use the cloud"),
    lone("program.best_schedule", "Review at an early layer is a good start.", "review early layer",
         "which schedule is the best", "which schedule should i use", "what schedule do you recommend",
         "what is a good schedule", "which schedule would you choose", "which schedule works best",
         "what schedule is good for a start", "recommend a schedule", "which schedule should i start with",
         "tell me a good schedule"),
)  # fmt: skip
