"""What fills the questions that Wren does not know: names, places and things that no intent asks about in the same way."""

from __future__ import annotations

# "a, b, c"
SLOTS = {name: tuple(" ".join(item.split()) for item in items.split(",")) for name, items in {
    "person": """
        anna miller, peter hall, doctor green, mister novak, missus baker, tom carter, julia stone, henry walsh, maria
        lopez, captain brown, professor lang, emma fisher, jack turner, lucy graham, oliver reed, nina weber, paul jensen,
        sarah cole, karl berg, aunt rosa, uncle frank, alice morgan, david king, helen frost, simon marsh, grace young,
        victor lane, ivan petrov, laura moss, martin hughes, clara winter, george dunn, sophie martin, leo barnes, my
        cousin, my neighbour, my boss, my teacher
        """,
    "name": """
        anna, peter, tom, julia, henry, maria, emma, jack, lucy, oliver, nina, paul, sarah, karl, rosa, frank, alice,
        david, helen, simon, grace, victor, ivan, laura, martin, clara, george, sophie, leo, ben, kate, sam, ruth, eric,
        amy, philip, mom, dad
        """,
    "town": """
        springfield, oakham, ashford, millbrook, lower bexley, greenville, port hudson, stonefield, kingsbridge, redwater,
        salem, fairview, elmwood, brighton, dover, lakeside, hill valley, westbury, norfolk, harrow, clayton, riverton,
        maple grove, eastwood, newport, whitby, langley, cedar falls, fox hollow, silverton, blackpool, granton, little
        hampton, marlow, sandwich, tilbury
        """,
    "place": """
        nauru, palau, tuvalu, kiribati, andorra, san marino, gondor, narnia, atlantis, zubrowka, ruritania, guernsey,
        tonga, samoa, vanuatu, brunei, bhutan, djibouti, lesotho, eswatini, comoros, catalonia, siberia, bavaria, queensland,
        nunavut, tuscany, normandy, patagonia, saxony, tasmania, lapland, aruba, bermuda, greenland, the moon colony, freedonia,
        wakanda, oz
        """,
    "sport": """
        rugby, cricket, hockey, volleyball, handball, badminton, baseball, basketball, golf, boxing, fencing, rowing,
        archery, judo, karate, surfing, skiing, cycling, water polo, table tennis, darts, bowling, curling, wrestling,
        snooker
        """,
    "team": """
        the tigers, the city team, the rovers, the red bulls, the eagles, the home team, the rangers, the wolves, the
        giants, the lions, united, the wanderers, the sharks, the bears, the national team, the blue stars, the hornets,
        the pirates
        """,
    "title": """
        the silent harbour, midnight train, the last orchard, a house of glass, broken arrows, summer of dust, the winter
        judge, red lantern, children of the storm, the paper king, beyond the ridge, the lost violin, seven doors, the
        iron garden, night shift, the baker's daughter, golden hour, a letter from nowhere, the second captain, the long
        corridor, blue monday, fallen stars
        """,
    "food": """
        lasagna, pancakes, goulash, fried rice, onion soup, apple pie, sushi, meat balls, potato salad, tomato sauce,
        omelette, tacos, risotto, curry, roast chicken, noodles, garlic bread, banana bread, fish pie, pumpkin soup, stew,
        waffles, dumplings, sourdough, brownies, lemon tart, burgers, spaghetti, hummus, ratatouille, cheesecake
        """,
    "ingredient": """
        butter, flour, yeast, garlic, ginger, olive oil, cream, mustard, vinegar, parsley, basil, pepper, honey, rice,
        lentils, baking powder, cinnamon, chili, onions, mushrooms, spinach, walnuts, coconut milk
        """,
    "tool": """
        a hammer, a drill, a saw, a chisel, a wrench, a sewing machine, a lawn mower, a pressure cooker, a chain saw, a
        telescope, a microscope, a compass, a soldering iron, a ladder, a tripod, a wheelbarrow, a fire extinguisher, a
        lathe, a blender
        """,
    "job": """
        plumber, lawyer, surgeon, pilot, carpenter, dentist, glazier, judge, baker, firefighter, nurse, watchmaker,
        hairdresser, journalist, farmer, butcher, translator, sailor, tailor, barber, mechanic, librarian, detective,
        postman, gardener
        """,
    "gadget": """
        phone, laptop, printer, tablet, camera, router, television, headset, smart watch, keyboard, monitor, game console,
        drone, speaker, washing machine, dishwasher, fridge, vacuum cleaner, coffee machine, toaster, heater, microwave,
        doorbell, scooter
        """,
    "illness": """
        asthma, diabetes, a broken arm, the flu, migraine, hay fever, back pain, measles, a sprained ankle, tooth ache,
        anemia, insomnia, high blood pressure, a sore throat, food poisoning, a rash, arthritis, pneumonia, a burn,
        sunburn, gout, eczema
        """,
    "drug": """
        aspirin, penicillin, ibuprofen, insulin, antibiotics, cough syrup, sleeping pills, vitamin d, iron tablets, eye
        drops
        """,
    "law": """
        tax law, a patent, a lease, a will, a contract, copyright, bail, custody, a speeding ticket, a divorce, a visa, a
        work permit, a pension, a mortgage, insurance fraud, an inheritance, a parking fine, a court order, a warranty,
        bankruptcy
        """,
    "office": """
        president, prime minister, mayor, king, queen, chancellor, governor, foreign minister, head coach, bishop, chief
        of police, chairman, ambassador, headmaster, secretary of state, speaker of parliament
        """,
    "company": """
        the railway company, the power company, the local bank, general motors, the post office, a big airline, acme, the
        steel works, blue ocean, north star, the phone company, harper and sons, the car factory, the oil company, the
        city theatre, bright future
        """,
    "language": """
        french, german, spanish, italian, japanese, chinese, russian, latin, greek, turkish, swedish, polish, arabic,
        hindi, dutch, korean, portuguese, welsh, finnish, czech, hebrew, danish, swahili
        """,
    "phrase": """
        good luck, where is the station, i am lost, the bill, a room for the night, happy new year, one ticket, see you
        again, thank you very much, my friend, excuse me sir, how much is it, i love you, a glass of wine, the train is
        late, cheers
        """,
    "when": """
        today, tomorrow, tonight, this week, next week, on monday, this weekend, next month, in the morning, right now, on
        friday, this afternoon, at noon, this summer, over the holidays
        """,
    "clock": """
        seven, half past six, noon, eight in the morning, five thirty, quarter to nine, ten tonight, midnight, six
        tomorrow morning
        """,
    "span": """
        ten minutes, half an hour, twenty seconds, two hours, one hour, five minutes, ninety seconds, a quarter of an hour
        """,
    "event": """
        the french revolution, the great fire, the cold war, the gold rush, the peasants' revolt, the battle of the hill,
        the first crusade, the boston tea party, the fall of rome, the stock market crash, the industrial revolution, the
        plague, the treaty of utrecht, the great depression, the moon race, the opium war, the siege of leningrad, the
        norman conquest
        """,
    "science": """
        quantum mechanics, relativity, photosynthesis, a black hole, dark matter, evolution, plate tectonics, d n a,
        string theory, entropy of a gas, nuclear fusion, magnetism, gene editing, superconductivity, osmosis, chaos
        theory, thermodynamics, the big bang, inflation of the universe, radioactivity, cloning, fermentation, antimatter,
        the greenhouse effect
        """,
    "idea": """
        democracy, capitalism, justice, freedom, socialism, existentialism, stoicism, irony, jealousy, forgiveness,
        nostalgia, utilitarianism, karma, romanticism, feminism, globalisation, inflation, free will, courage, loyalty,
        ambition, envy, truth
        """,
    "code": """
        python, java script, kotlin, a web server, a web socket, a for loop, recursion, a binary tree, a regular expression,
        docker, git, a make file, a linked list, a pointer, an excel macro, a hash table, a login page, a spreadsheet
        formula, s q l, a unit test
        """,
    "maths": """
        a derivative, an integral, the pythagorean theorem, a matrix, a logarithm, the sine rule, a quadratic equation,
        standard deviation, an eigenvalue, a fourier transform, the binomial theorem, a vector space, a prime factor, a
        tangent, the golden ratio, a determinant, a differential equation, a complex number, a limit, a polynomial
        """,
    "thing": """
        car, roof, bicycle, garden, kitchen, bathroom, sofa, boat, guitar, piano, fence, carpet, window, door, lamp,
        suitcase, jacket, pair of shoes, mattress, swimming pool, chimney, tent, violin, bookshelf, motorbike, table,
        watch, ring, coat
        """,
    "things": """
        cars, shoes, umbrellas, candles, balloons, mirrors, bridges, tunnels, ships, coins, stamps, tattoos, diamonds,
        batteries, glaciers, rockets, fireworks, pyramids, castles, tornadoes, earthquakes, subtitles, robots at work,
        magnets, volcanoes
        """,
    "people": """
        people, children, teenagers, men, women, old people, babies, politicians, artists, soldiers, students, neighbours,
        bankers, tourists, musicians, doctors, drivers, scientists, parents
        """,
    "doing": """
        yawn, lie, dream, laugh, argue, gossip, cry, blush, fall in love, snore, get divorced, collect stamps, wear ties,
        shake hands, go to war, fear spiders, believe in ghosts, whistle, smoke, gamble, bite their nails, stay up late,
        wear black, like horror films
        """,
    "todo": """
        learn the guitar, lose weight, save money, change jobs, buy a house, get a dog, move abroad, quit smoking, write a
        novel, run a marathon, make new friends, fix my bike, start a company, sleep better, paint my room, grow tomatoes,
        learn to drive, remove a stain, tie a tie, train my dog, fold a map, build a shed, clean the oven,
        sharpen a knife
        """,
    "relation": """
        my wife, my husband, my brother, my sister, my mother, my father, my boss, my best friend, my daughter, my son, my
        landlord, my neighbour, my boyfriend, my girlfriend, my grandmother, my roommate, my colleague, my aunt
        """,
    "musician": """
        mozart, the beatles, miles davis, the rolling stones, bach, taylor, the blue notes, a string quartet, chopin,
        elvis, the river boys, queen, johnny, the velvet birds, vivaldi, a jazz trio, some rock band, the opera choir
        """,
    "genre": """
        jazz, rock, classical music, pop, country music, blues, techno, folk songs, opera, hip hop, reggae, heavy metal,
        film music
        """,
    "plant": """
        roses, tulips, oaks, cactuses, sunflowers, orchids, potatoes, strawberries, lemon trees, daisies, ferns, cherry
        trees, carrots
        """,
    "shop": """
        pharmacy, bakery, supermarket, petrol station, bank, hospital, train station, airport, restaurant, hotel, library,
        post office, barber shop, cinema, museum, bus stop, hardware store, school, park, swimming pool, gym
        """,
    "body": """knee, back, shoulder, ear, tooth, neck, ankle, eye, elbow, chest, wrist, foot, hip""",
    "stuff": """
        concrete, soap, paper, glass, plastic, steel, beer, wine, chocolate bars, ink, rubber, candles, perfume, cheese,
        silk, bricks
        """,
    "amount": """twelve, forty, nineteen, three hundred, sixty seven, a thousand, two million, eighty five, fifty one""",
    "famous": """
        mozart, beethoven, einstein, napoleon, shakespeare, picasso, darwin, cleopatra, caesar, newton, columbus, goethe,
        leonardo da vinci, marie curie, gandhi, lincoln, rembrandt, galileo, queen victoria, edison
        """,
    "country": """
        france, germany, italy, spain, england, poland, norway, japan, china, india, brazil, canada, egypt, kenya, peru,
        australia, turkey, greece, russia, mexico
        """,
    "city": """
        paris, london, berlin, rome, madrid, vienna, moscow, tokyo, beijing, cairo, lima, new york, sydney, lisbon, oslo,
        athens, dublin, prague, chicago, venice
        """,
    "sight": """
        the eiffel tower, big ben, the colosseum, the great wall, the taj mahal, the statue of liberty, the louvre, the
        matterhorn, the golden gate bridge, the sphinx, notre dame, the acropolis, tower bridge, the empire state building
        """,
    "river": """
        the rhine, the danube, the nile, the thames, the seine, the amazon, the volga, the elbe, the mississippi, the ganges
        """,
    "mine": """
        phone number, address, blood type, shoe size, birthday, password, bank account, middle name, salary, weight, height,
        email address, star sign, passport number, car plate, flight number, room number, seat, girlfriend's name, age,
        favourite song, next meeting, doctor's number, pin code
        """,
    "rare": """
        rhythm, chrysanthemum, entrepreneur, bureaucracy, conscience, mischievous, quinoa, onomatopoeia, guarantee, necessary,
        embarrass, millennium, occurrence, questionnaire, rendezvous, silhouette, zucchini, xenophobia, yacht club, labyrinth,
        hypothesis, pneumonia, colonel, lieutenant, psychology, parliament, handkerchief, thermostat, subpoena, fuchsia,
        kaleidoscope, acquaintance, bouquet, catastrophe, diarrhoea, exaggerate, fluorescent, gauge, hierarchy, itinerary
        """,
    "nonsense": """
        blorp, snorf, wibble, trindle, glomp, frabbit, zarkle, plunder bug, quibber, morgul, drizzlewick, fnord, grumbler,
        spindle cat, thrupple, vexomat, brindlewort, skoffle, hollerin, jabbernaut
        """,
    "mute": """
        giraffe, camel, kangaroo, koala, zebra, turtle, spider, goldfish, butterfly, eel, lizard, beaver, otter, crab, panda,
        hippo, rhino, octopus, snail, worm
        """,
    "sums": """
        half of my age, my age in days, the number of stars, pi to twenty digits, the last digit of pi, infinity minus one, the
        biggest number, the number of grains of sand, my change from twenty dollars, the tip for this bill, my mean grade,
        the odds of winning, the area of my room, the volume of my bag
        """,
    "year": """
        nineteen eighty four, eighteen twelve, two thousand and five, nineteen sixty six, seventeen eighty nine, fourteen
        fifty, two thousand nineteen, nineteen twenty nine
        """,
}.items()}
