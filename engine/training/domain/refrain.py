"""What Refrain is and how it works, one sentence per term."""

from __future__ import annotations

from engine.training.domain.intent import Fact, Intent
from engine.training.domain.patterns import expand


def _terms(table: str) -> tuple[Fact, ...]:
    """Rows "term, with article; term ... | key words | answer" as facts; every term of a row has the same answer."""
    facts = []
    for row in table.strip().splitlines():
        names, key, answer = (cell.strip() for cell in row.split("|"))
        for name in names.split(";"):
            articled = name.strip()
            bare = articled.removeprefix("a ").removeprefix("an ").removeprefix("the ")
            facts.append(Fact({"term": bare, "a_term": articled}, answer, tuple(key.split())))
    return tuple(facts)


_TERM_WORDINGS = expand("""
    [what is|what's|what exactly is] {a_term}
    [do you know what|explain what|remind me what|i forgot what|let me know what] {a_term} is
    what does [|the word|the term] {term} mean
    [what is meant by|what do you mean by|what do they mean by|what do people mean by] {term}
    [explain|define|describe] {a_term} [to me|]
    define {term}
    [tell me|tell me something|say something|i want to hear] about {a_term}
    [what is the meaning of|what is the definition of|give me a definition of|give me an explanation of] {term}
    [how do you define|how do you explain|how would you explain|how would you describe] {a_term}
    [what do you know about|teach me about|what can you say about] {a_term}
    {term} what is that
    """)

_TERMS = _terms("""
    refrain; the program refrain; the refrain program   | offline voice chat | Refrain is an offline voice chat.
    wren; the model wren; the wren model                | small spoken       | Wren is a small spoken language model.
    early exit; an early exit; early exiting            | stops upper layers | A token stops before the upper layers.
    an exit layer; the exit layer                       | layer leaves early | It is the layer where a token leaves early.
    an exit head; the exit head                         | head early layer   | An exit head picks the token at an early layer.
    a refresh; a refresh step; the refresh              | through layers     | A refresh is one token through all layers.
    spark; spar k; the spark method; the spark schedule | steady beat        | Spark skips upper layers on a steady beat.
    a period; the period; the refresh period            | one refresh next   | The period runs from one refresh to the next.
    catch up; the catch up; a catch up step             | fills skipped      | Catch up fills the skipped layers later.
    a k v cache; a key value cache; the key value cache   | keys values past | It keeps the keys and values of past tokens.
    early stop interleaving; e s i; early stop interleaved decoding | drops padding | It drops the padding after the text ends.
    padded interleaving; interleaved decoding           | padding ratio      | Text and speech alternate, padding keeps the ratio.
    a padding token; padding tokens                     | empty fills        | A padding token is empty and fills the ratio.
    parallel decoding; parallel generation              | same step          | Text and speech come in the same step.
    affinity pooling; the affinity pooling method       | merges similar     | It merges similar speech tokens you spoke.
    input pooling                                       | merges before first | It merges tokens before the first layer.
    deep pooling                                        | merges inside deep | It merges states inside a deep layer.
    a token; tokens                                     | smallest piece     | A token is the smallest piece of a reply.
    a speech token; speech tokens                       | short sound        | A speech token stands for a short sound.
    a text token; text tokens                           | piece written word | A text token is a piece of a written word.
    a chunk; a speech chunk; speech chunks              | run row            | A chunk is a run of speech tokens in a row.
    a layer; a layer of the model; layers of a model    | one step thinking  | A layer is one step of the model's thinking.
    a transformer; a transformer model                  | stack attention    | A transformer is a stack of attention layers.
    attention; the attention in a model                 | looks back earlier | Attention looks back at earlier tokens.
    review mode; the review mode                        | checks drafts      | Review mode checks the drafts at full depth.
    trust mode; the trust mode                          | keeps drafts       | Trust mode keeps the drafts unchecked.
    a draft; draft tokens; a draft token                | guess early layer  | A draft is a guess from an early layer.
    full depth; the full depth                          | every layer runs   | Full depth means that every layer runs.
    mean depth; the mean depth; average depth           | average layers     | It is the average number of layers used.
    time to first audio; the time to first audio        | until first sound  | It is the wait until the first sound.
    the real time factor; real time factor              | compute divided    | It is compute time divided by sound length.
    tokens per second                                   | many pieces second | It says how many pieces come each second.
    a vocoder; the vocoder                              | turns speech sound | A vocoder turns speech tokens into sound.
    a spoken language model; spoken language models; an s l m | hears speaks  | It is a model that hears and speaks.
    a blind test; blind testing; blind listening        | which hidden       | You listen while it is hidden which is which.
    side by side listening; listening side by side      | compare two replies | You compare two replies by ear.
    sampling; token sampling                            | random likely      | Sampling picks a random but likely token.
    greedy decoding; greedy search                      | always likely      | Greedy decoding always takes the likely token.
    the temperature setting; temperature in sampling    | daring             | Temperature sets how daring the choice is.
    top p; top p sampling                               | small set          | It chooses from a small set of likely tokens.
    a random seed; the random seed; the seed            | reply repeatable   | A seed makes a reply repeatable.
    a schedule; a decoding schedule; the schedule       | how deep           | A schedule says how deep each token goes.
    prefill; the prefill; the prefill step                 | reads question     | Prefill reads your question in one go.
    a decode step; decode steps; decoding               | one new            | A decode step makes one new token.
    the acceptance rate; acceptance rate                | share kept         | It is the share of drafts that are kept.
    layer skip; the layer skip method                   | trains verifies    | It trains early exits and verifies the drafts.
    speculative decoding; a speculative decoder         | guess then check   | First guess cheaply, then check the guesses.
    entropy exit; the entropy exit                      | leaves sure        | A token leaves once the model is sure.
    a fixed exit; the fixed exit schedule               | never refreshes    | Every token leaves early, it never refreshes.
    the even schedule; an even schedule                 | every second full  | Every second speech token runs at full depth.
    the triple schedule; a triple schedule              | every third full   | Every third speech token runs at full depth.
    barge in; a barge in                                | interrupt reply    | You interrupt the reply by speaking.
    quantisation; quantised weights                     | fewer bits         | It stores the model with fewer bits.
    word error rate; the word error rate                | share wrong        | It is the share of words heard wrong.
    latency; the latency of a reply                     | delay reply starts | It is the delay before the reply starts.
    """)


def _topic(name: str, answer: str, key: str, patterns: str) -> Intent:
    return Intent(f"refrain.{name}", expand(patterns), (Fact({}, answer, tuple(key.split())),))


INTENTS: tuple[Intent, ...] = (
    Intent(
        "refrain.terms", _TERM_WORDINGS, _TERMS,
        follow_ups=expand("""
            and {a_term}
            [and what is|what about|how about|and what about|now|okay and|then what is] {a_term}
            and what does {term} mean
            """),
    ),
    _topic("about", "Refrain is an offline voice chat.", "offline voice chat", """
        what [is this program|does refrain do|does this program do]
        what [is this app|is refrain for|can refrain do|kind of program is this]
        [what program is this|what is this|what does this app do|who is refrain|what am i using|why would i use refrain]
        [what is the name of this program|what is this program called|what is this program for]
        """),
    _topic("why_name", "Most tokens refrain from the upper layers.", "most upper layers", """
        why [is it called refrain|the name refrain|is the program called refrain|is this program called refrain|refrain]
        [where does the name refrain come from|what is behind the name refrain|who chose the name refrain]
        [what is the idea behind the name refrain|how did refrain get its name|why did they name it refrain]
        [what does the name refrain stand for|what does the name refrain say|why was it named refrain]
        [explain the name refrain|tell me why it is called refrain]
        """),
    _topic("size", "I have about ten million parameters.", "ten million parameters", """
        how [big|large|small|heavy] [are you|is wren|is the wren model|is your model]
        how many [parameters|numbers|weights] [do you have|does wren have]
        what [is your size|is the size of wren|size are you]
        """),
    _topic("offline", "Yes, Refrain works fully offline.", "yes fully offline", """
        [does|can] [refrain|this program|the program] [work offline|run offline|work without internet|run without a network]
        is [refrain|this program|the program|this app] [offline|fully offline|really offline]
        does [refrain|this program] [need the internet|need a network|go online|send data]
        """),
    _topic("models", "Refrain runs two big models and me.", "two big", """
        [which|what] models [does refrain run|can refrain run|does this program run]
        [which|what] models [are there|are supported|can i use|can i choose]
        [which language models does refrain know|how many models does refrain run|what models does refrain support]
        [list the models|name the models|tell me the models|what are the models in refrain|which voice models are there]
        [which other models are there|what other models can i run|how many models are there]
        """),
    _topic("big_models", "It is a big voice model that Refrain runs.", "big voice runs", """
        [what is|explain|tell me about|do you know|describe|what do you know about] [g l m four voice]
        [what is|explain|tell me about|do you know|describe|what do you know about] [step audio two mini|step audio]
        [can refrain run|does refrain run|is there] [g l m four voice|step audio two mini|g l m]
        """),
    _topic("schedules", "You can pick full, fixed, spark or entropy.", "full fixed entropy", """
        [which|what] schedules [are there|does refrain have|can i choose|can i use|do you know|are supported|exist]
        [list the schedules|name the schedules|how many schedules are there|tell me the schedules|what are the schedules]
        [which decoding schedules are there|which schedule can i pick|what can i choose as a schedule|how can i change the depth]
        """),
    _topic("why_skip", "Skipping layers saves time and energy.", "saves time energy", """
        why [skip layers|do tokens skip layers|do you skip layers]
        why [does refrain skip layers|use early exit|would a token exit early]
        [what is the use of early exit|what is early exit good for|what is the point of skipping layers|why exit early]
        [what does early exit save|why is early exit useful|what do we gain from early exit|does early exit help]
        [why not run all layers|why do you not use all layers|what is spark good for|why use spark|why is spark useful]
        """),
    _topic("why_text_full", "Text needs every layer to stay correct.", "text every correct", """
        why [does text run at full depth|do text tokens use all layers|does text not exit early|is text always at full depth]
        [can text exit early|can text tokens exit early]
        [may text tokens skip layers|do text tokens exit early|does text exit early]
        [why do only speech tokens exit early|why not skip layers for text|do text tokens skip layers|does text skip layers]
        [what happens if text exits early|why must text use every layer|why is text never skipped]
        """),
    _topic("why_refresh", "A refresh keeps the speech from drifting.", "keeps drifting", """
        why [is there a refresh|do we need a refresh|do you refresh|does spark refresh|are refreshes needed|refresh at all]
        [what is a refresh good for|what does a refresh do|what is the use of a refresh|what would happen without a refresh]
        [why does one token run at full depth|why run all layers sometimes]
        [when is a refresh needed|what is the point of a refresh]
        [what happens without refreshes|is a refresh important|why is the refresh important]
        """),
    _topic("lossless", "Review gives the same reply, trust may not.", "review same trust", """
        [which mode is lossless|is spark lossless|is early exit lossless|which mode is safer|which mode gives the same reply]
        [what is the difference between review and trust|review or trust|should i use review or trust|is review better than trust]
        [how do review and trust differ|compare review and trust|compare trust and review|which is better trust or review]
        [does skipping layers change the reply|does early exit change the answer|is review mode lossless|is trust mode lossless]
        """),
    _topic("compare", "Open the listening page and play both.", "listening page both", """
        how [do i|can i|do you|should i] [compare two replies|compare two schedules]
        how [do i|can i|do you|should i] [listen side by side|do a blind test|start a blind test]
        [where can i compare replies|where is the blind test|where can i listen side by side|can i compare two schedules]
        """),
    _topic("my_layers", "I have only a few layers to skip.", "few layers", """
        how many layers [do you have|does wren have|are in you|are there in wren|do you use|are you made of]
        [do you have layers|do you have many layers|how deep are you|how deep is wren|how deep can you think|what is your depth]
        [do you skip layers|do you exit early|can you exit early|do you use spark|does wren use early exit|does wren skip layers]
        """),
    _topic("how_work", "I turn your sound into tokens and answer.", "turn sound answer", """
        how [do you work|does wren work|do you understand me]
        how [do you hear me|do you understand speech|do you answer|do you function]
        [what happens when i speak|how can you understand me|how are you able to hear me|how do you turn sound into words]
        [how do you know what i say|how do you listen|how does your hearing work|what happens when i talk to you]
        [how do you speak|how do you make speech|how does your brain work]
        """),
    _topic("training", "I learned from many made up questions.", "learned made questions", """
        how were you [trained|made|built|taught|created]
        [what were you trained on|how did you learn to speak|how did you learn|what did you learn from|where did you learn that]
        [how was wren trained|what data were you trained on|how was wren made|how did you learn english|how long did you learn]
        [what is your training data|what books did you learn from|how were your answers made]
        """),
    _topic("free", "Yes, you can use Refrain for free.", "yes free", """
        [is refrain free|is this program free|what does refrain cost]
        [how much does refrain cost|do i have to pay|do i pay for this]
        [how much does this program cost|is this app free]
        [must i pay for refrain|can i use refrain for free|how expensive is refrain]
        [what is the price of refrain|does refrain cost money|does this program cost anything|how much do you cost|are you free]
        """),
)
