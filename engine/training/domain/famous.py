"""People of the past: what they were, when things happened, and more books, music, pictures and inventions."""

from __future__ import annotations

from .asking import AND_WHO_WAS, WHO_WAS
from .intent import Intent
from .patterns import expand
from .tables import table

_WHO = """
Mozart | a composer from Austria
Beethoven | a composer from Germany
Bach | a composer of the Baroque
Haydn | a composer from Austria
Schubert | a composer of many songs
Chopin | a composer for the piano
Vivaldi | a composer from Venice
Handel | the composer of the Messiah
Brahms | a composer from Hamburg
Wagner | a composer of operas
Verdi | an Italian composer of operas
Puccini | an Italian composer of operas
Tchaikovsky | a composer from Russia
Debussy | a composer from France
Johann Strauss | the king of the waltz
Leonardo da Vinci | a painter and inventor
Michelangelo | a painter and sculptor
Raphael | a painter of the Renaissance
Rembrandt | a Dutch painter
Vermeer | a Dutch painter of quiet rooms
Vincent van Gogh | a Dutch painter
Claude Monet | a French painter of light
Pablo Picasso | a Spanish painter
Salvador Dali | a Spanish painter of dreams
Paul Cezanne | a French painter
Auguste Rodin | a French sculptor
Frida Kahlo | a painter from Mexico
Gustav Klimt | a painter from Vienna
Andy Warhol | an American artist
William Shakespeare | an English poet and playwright
Charles Dickens | an English writer
Jane Austen | an English writer
Mark Twain | an American writer
Goethe | a German poet
Schiller | a German poet
Homer | a poet of ancient Greece
Dante | a poet from Florence
Victor Hugo | a French writer
Jules Verne | a writer of adventures
Leo Tolstoy | a Russian writer
Dostoevsky | a Russian writer
Agatha Christie | a writer of crime stories
Oscar Wilde | an Irish writer
Hans Christian Andersen | a writer of fairy tales
Aesop | a teller of fables
Franz Kafka | a writer from Prague
Ernest Hemingway | an American writer
Edgar Allan Poe | a writer of dark tales
Astrid Lindgren | a Swedish writer for children
Socrates | a Greek philosopher
Plato | a Greek philosopher
Aristotle | a Greek philosopher
Confucius | a Chinese philosopher
Immanuel Kant | a German philosopher
Descartes | a French philosopher
Isaac Newton | an English physicist
Albert Einstein | a physicist from Germany
Galileo | an Italian astronomer
Copernicus | an astronomer from Poland
Johannes Kepler | a German astronomer
Marie Curie | a physicist and chemist
Charles Darwin | an English naturalist
Louis Pasteur | a French chemist
Alexander Fleming | a Scottish doctor
Gregor Mendel | a monk who studied peas
Michael Faraday | an English physicist
Nikola Tesla | an inventor of electric machines
Thomas Edison | an American inventor
James Watt | a Scottish engineer
Benjamin Franklin | an American inventor and statesman
Alfred Nobel | a Swedish inventor
Archimedes | a Greek thinker who loved levers
Pythagoras | a Greek thinker who loved numbers
Euclid | a Greek who wrote about geometry
Hippocrates | a doctor of ancient Greece
Ada Lovelace | the first computer programmer
Alan Turing | a pioneer of computing
Charles Babbage | a pioneer of computing
Claude Shannon | the father of information theory
Florence Nightingale | a famous English nurse
Johannes Gutenberg | a printer from Mainz
Christopher Columbus | a sailor from Genoa
Marco Polo | a traveller from Venice
Ferdinand Magellan | a sailor from Portugal
Vasco da Gama | a sailor from Portugal
James Cook | an English explorer
Roald Amundsen | an explorer from Norway
David Livingstone | an explorer of Africa
Alexander von Humboldt | a German explorer
Neil Armstrong | an American astronaut
Yuri Gagarin | a Russian cosmonaut
Amelia Earhart | an American pilot
Charles Lindbergh | an American pilot
Julius Caesar | a Roman general and ruler
Augustus | the first Roman emperor
Nero | a Roman emperor
Cleopatra | a queen of Egypt
Tutankhamun | a young king of Egypt
Alexander the Great | a king of Macedonia
Hannibal | a general from Carthage
Charlemagne | an emperor of the Franks
Genghis Khan | a ruler of the Mongols
William the Conqueror | a Norman who took England
Joan of Arc | a French heroine
Martin Luther | a German reformer
Henry the Eighth | a king of England with six wives
Queen Victoria | a queen of England
Napoleon | an emperor of France
Louis the Fourteenth | the sun king of France
Catherine the Great | an empress of Russia
Peter the Great | a tsar of Russia
Bismarck | a German chancellor
George Washington | the first American president
Abraham Lincoln | a president who ended slavery
Thomas Jefferson | an American president
Mahatma Gandhi | a peaceful leader of India
Nelson Mandela | a president of South Africa
Martin Luther King | a leader for equal rights
Winston Churchill | a British prime minister
Mother Teresa | a nun who helped the poor
Anne Frank | a girl who wrote a diary
Robin Hood | an outlaw of legend
King Arthur | a king of legend
Sherlock Holmes | a detective in stories
Count Dracula | a vampire in a novel
Pinocchio | a wooden boy in a story
Cinderella | a girl in a fairy tale
Snow White | a girl in a fairy tale
Zeus | the highest god of the Greeks
Poseidon | the Greek god of the sea
Apollo | the Greek god of light
Athena | the Greek goddess of wisdom
Aphrodite | the Greek goddess of love
Hades | the Greek god of the underworld
Hercules | a strong hero of the Greeks
Odysseus | a clever hero of the Greeks
Achilles | a hero with a weak heel
Jupiter the god | the highest Roman god
Neptune the god | the Roman god of the sea
Thor | the northern god of thunder
Odin | the highest god of the north
"""

_WHEN = """
the second world war end | nineteen forty five
the first world war start | nineteen fourteen
the first world war end | nineteen eighteen
the second world war start | nineteen thirty nine
columbus reach america | fourteen ninety two
the french revolution begin | seventeen eighty nine
america become independent | seventeen seventy six
the titanic sink | nineteen twelve
gagarin fly into space | nineteen sixty one
the wright brothers first fly | nineteen oh three
the normans conquer england | ten sixty six
the great fire of london happen | sixteen sixty six
the armada sail | fifteen eighty eight
napoleon lose at waterloo | eighteen fifteen
luther write his theses | fifteen seventeen
mozart die | seventeen ninety one
bach die | seventeen fifty
shakespeare die | sixteen sixteen
beethoven die | eighteen twenty seven
lincoln die | eighteen sixty five
the suez canal open | eighteen sixty nine
the panama canal open | nineteen fourteen
the eiffel tower open | eighteen eighty nine
the first modern olympic games take place | eighteen ninety six
fleming discover penicillin | nineteen twenty eight
people first climb mount everest | nineteen fifty three
people first reach the south pole | nineteen eleven
constantinople fall | fourteen fifty three
the united nations begin | nineteen forty five
bell patent the telephone | eighteen seventy six
"""

_WROTE = """
Emma | Jane Austen
David Copperfield | Charles Dickens
Great Expectations | Charles Dickens
King Lear | William Shakespeare
Othello | William Shakespeare
The Tempest | William Shakespeare
The Odyssey | Homer
The Iliad | Homer
The Divine Comedy | Dante
Gulliver's Travels | Jonathan Swift
Les Miserables | Victor Hugo
The Three Musketeers | Alexandre Dumas
The Count of Monte Cristo | Alexandre Dumas
Around the World in Eighty Days | Jules Verne
The Time Machine | Herbert George Wells
The War of the Worlds | Herbert George Wells
Jane Eyre | Charlotte Bronte
Wuthering Heights | Emily Bronte
Little Women | Louisa May Alcott
Black Beauty | Anna Sewell
Heidi | Johanna Spyri
Pinocchio | Carlo Collodi
Anna Karenina | Leo Tolstoy
Crime and Punishment | Fyodor Dostoevsky
The Picture of Dorian Gray | Oscar Wilde
The Old Man and the Sea | Ernest Hemingway
The Raven | Edgar Allan Poe
The Ugly Duckling | Hans Christian Andersen
The Snow Queen | Hans Christian Andersen
The Lord of the Rings | John Tolkien
Pippi Longstocking | Astrid Lindgren
The Wizard of Oz | Frank Baum
The Secret Garden | Frances Hodgson Burnett
The Call of the Wild | Jack London
The Metamorphosis | Franz Kafka
The Trial | Franz Kafka
Sherlock Holmes | Arthur Conan Doyle
The Invisible Man | Herbert George Wells
On the Origin of Species | Charles Darwin
The Wind in the Willows | Kenneth Grahame
Paddington Bear | Michael Bond
The Chronicles of Narnia | Clive Staples Lewis
"""

_DID = """
Rembrandt | painted the Night Watch
Edvard Munch | painted the Scream
Gustav Klimt | painted the Kiss
Pablo Picasso | painted Guernica
Leonardo da Vinci | painted the Last Supper
Botticelli | painted the Birth of Venus
Claude Monet | painted the Water Lilies
Auguste Rodin | made the Thinker
Michelangelo | made the statue of David
Johann Strauss | composed the Blue Danube
Handel | composed the Messiah
Haydn | composed the Creation
Bizet | composed Carmen
Verdi | composed Aida
Rossini | composed the Barber of Seville
Wagner | composed the Ring
Ravel | composed the Bolero
Prokofiev | composed Peter and the Wolf
Mussorgsky | composed Pictures at an Exhibition
Mozart | composed Figaro
Beethoven | composed Fidelio
Edvard Grieg | composed Peer Gynt
Copernicus | put the sun in the middle
William Harvey | discovered how blood flows
William Herschel | discovered Uranus
Edward Jenner | made the first vaccine
Wilhelm Roentgen | discovered x rays
Alexander von Humboldt | explored South America
Vasco da Gama | sailed around Africa to India
Howard Carter | found the tomb of Tutankhamun
Heinrich Schliemann | dug for Troy
Dmitri Mendeleev | made the table of elements
Gregor Mendel | found the laws of heredity
Archimedes | shouted eureka
Martin Luther | wrote ninety five theses
Valentina Tereshkova | was the first woman in space
Louis Pasteur | made milk safe by heating
Christopher Wren | built Saint Paul's Cathedral
"""

_INVENTED = """
the steam locomotive | Richard Trevithick
the Morse code | Samuel Morse
the ballpoint pen | Laszlo Biro
the safety razor | King Gillette
the pendulum clock | Christiaan Huygens
the revolver | Samuel Colt
the sewing machine | Elias Howe
the jet engine | Frank Whittle
the mercury thermometer | Daniel Fahrenheit
the cotton gin | Eli Whitney
the air brake | George Westinghouse
vulcanised rubber | Charles Goodyear
the crossword puzzle | Arthur Wynne
basketball | James Naismith
the Rubik's cube | Erno Rubik
frozen food | Clarence Birdseye
the stethoscope | Rene Laennec
the hovercraft | Christopher Cockerell
the theremin | Leon Theremin
"""

INTENTS: tuple[Intent, ...] = (
    Intent("who_was", WHO_WAS, table("x", "what", answer="{x} was {what}", key="what", lines=_WHO), AND_WHO_WAS),
    Intent(
        "when_did",
        expand("""
            [when|in which year|in what year|what year] did {x}
            [tell me when did|can you say when did|and when did] {x}
            """),
        table("x", "when", answer="that was in {when}", key="when", lines=_WHEN),
        ("and when did {x}", "and {x}", "and in which year did {x}"),
    ),
    Intent(
        "wrote",
        expand("""
            [who wrote|who is the author of|who's the author of|who was the author of|tell me who wrote|which author wrote] {x}
            [do you know who wrote|the author of|name the author of|i want to know who wrote|by whom is] {x}
            [who wrote the book {x}|the book {x} is by whom|whose book is {x}]
            """),
        table("x", "who", answer="{who} wrote {x}", key="who", lines=_WROTE),
        ("and {x}", "what about {x}", "how about {x}", "and who wrote {x}", "and the book {x}"),
    ),
    Intent(
        "did",
        expand("""
            [who|tell me who|do you know who|which person|the person who|name the person who|i want to know who] {x}
            [what is the name of the person who|i forgot who|who was it who|who was the person who] {x}
            """),
        table("who", "x", answer="{who} {x}", key="who", lines=_DID),
        ("and who {x}", "and the one who {x}"),
    ),
    Intent(
        "invented",
        expand("""
            [who invented|who was the inventor of|who is the inventor of|tell me who invented|do you know who invented] {x}
            [name the inventor of|the inventor of|which inventor gave us|who had the idea for|who first made] {x}
            [whose invention is {x}|by whom was {x} invented|i want to know who invented {x}]
            """),
        table("x", "who", answer="{who} invented {x}", key="who", lines=_INVENTED),
        ("and {x}", "what about {x}", "and who invented {x}", "and the inventor of {x}"),
    ),
)
