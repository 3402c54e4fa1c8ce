"""Cities, rivers, mountains, lakes and seas; flags, money and people of countries; the American states."""

from __future__ import annotations

from .intent import Fact, Intent
from .patterns import expand
from .phrases import rows, sentence
from .tables import ABOUT_X, content, members, plain, table

_CITIES = """
Spain: Barcelona, Seville, Valencia, Granada, Malaga
Germany: Hamburg, Munich, Cologne, Frankfurt, Leipzig, Dresden, Stuttgart, Bremen
France: Marseille, Lyon, Nice, Bordeaux, Toulouse, Strasbourg
Italy: Venice, Florence, Milan, Naples, Turin, Verona, Genoa, Pisa
England: Manchester, Liverpool, Oxford, Cambridge, Birmingham, Leeds, Bristol, York
Scotland: Glasgow, Aberdeen, Inverness
Ireland: Cork, Galway
the Netherlands: Rotterdam, Utrecht
Belgium: Antwerp, Bruges
Switzerland: Zurich, Geneva, Basel
Austria: Salzburg, Innsbruck, Graz
Portugal: Porto
Sweden: Gothenburg
Norway: Bergen
Poland: Krakow, Gdansk
Greece: Sparta, Corinth
Turkey: Istanbul, Izmir
Russia: Saint Petersburg, Vladivostok
China: Shanghai, Hong Kong
Japan: Osaka, Kyoto, Hiroshima, Nagasaki
India: Mumbai, Calcutta, Delhi, Agra
Egypt: Alexandria, Luxor
Morocco: Casablanca, Marrakesh
South Africa: Johannesburg, Durban
Brazil: Rio de Janeiro, Sao Paulo
Canada: Toronto, Montreal, Vancouver, Quebec
Australia: Sydney, Melbourne, Perth, Brisbane, Adelaide
New Zealand: Auckland
the United States: New York, Chicago, Los Angeles, San Francisco, Boston, Miami, Seattle, Las Vegas, Houston, Philadelphia,
 Detroit, New Orleans, Dallas
Mexico: Acapulco
Pakistan: Karachi, Lahore
Vietnam: Saigon
"""

_RIVERS = """
the Thames | London
the Seine | Paris
the Tiber | Rome
the Danube | Vienna and Budapest
the Spree | Berlin
the Rhine | Cologne
the Elbe | Dresden and Hamburg
the Main | Frankfurt
the Isar | Munich
the Arno | Florence
the Neva | Saint Petersburg
the Nile | Cairo
the Vistula | Warsaw
the Hudson | New York
the Potomac | Washington
the Mississippi | New Orleans
the Tigris | Baghdad
the Liffey | Dublin
the Tagus | Lisbon
the Ganges | Varanasi
"""

_IN = """
the Alps | Europe
the Pyrenees | Europe
the Himalayas | Asia
the Andes | South America
the Rocky Mountains | North America
the Ural | Russia
the Atlas mountains | Africa
the Carpathians | Europe
Kilimanjaro | Tanzania
Mount Everest | the Himalayas
Mont Blanc | the Alps
the Matterhorn | Switzerland
Vesuvius | Italy
Etna | Sicily
Mount Kenya | Kenya
Mount Olympus | Greece
Ben Nevis | Scotland
Snowdon | Wales
Ayers Rock | Australia
Table Mountain | South Africa
the Sahara | Africa
the Gobi desert | Asia
the Kalahari | Africa
the Atacama | Chile
the Outback | Australia
Lake Victoria | Africa
Lake Baikal | Russia
Lake Geneva | Switzerland and France
Loch Ness | Scotland
Lake Superior | North America
Lake Titicaca | South America
the Dead Sea | Asia
the Black Forest | Germany
the Congo river | Africa
the Mississippi river | North America
the Yangtze | China
the Ganges river | India
the Volga | Russia
the Danube river | Europe
the Rhine river | Europe
the Loire | France
the Po | Italy
the Ebro | Spain
the Murray river | Australia
the Zambezi | Africa
the Orinoco | South America
the Victoria Falls | Africa
Angel Falls | Venezuela
Yellowstone | America
the Great Barrier Reef | Australia
the Parthenon | Athens
the Forum | Rome
the Pantheon | Rome
the Alhambra | Granada
the Prado | Madrid
the Hermitage | Saint Petersburg
the Uffizi | Florence
the Bridge of Sighs | Venice
the Rialto bridge | Venice
Tower Bridge | London
the Arc de Triomphe | Paris
Notre Dame | Paris
the palace of Versailles | France
Neuschwanstein castle | Germany
the little mermaid statue | Copenhagen
the Atomium | Brussels
the Blue Mosque | Istanbul
the Hagia Sophia | Istanbul
Petra | Jordan
Angkor Wat | Cambodia
the Forbidden City | Beijing
the terracotta army | China
the Sydney opera house | Australia
Easter Island | the Pacific
the Galapagos | the Pacific
Hawaii | the Pacific
Tahiti | the Pacific
Sicily | the Mediterranean
Sardinia | the Mediterranean
Corsica | the Mediterranean
Crete | the Mediterranean
Mallorca | the Mediterranean
the Azores | the Atlantic
the Canary Islands | the Atlantic
Mauritius | the Indian Ocean
the Maldives | the Indian Ocean
"""

_BETWEEN = """
the English Channel | England and France
the strait of Gibraltar | Spain and Morocco
the Bosporus | Europe and Asia
the Suez Canal | the Mediterranean and the Red Sea
the Panama Canal | the Atlantic and the Pacific
the Pyrenees | Spain and France
the Baltic Sea | Sweden and Poland
the North Sea | England and Denmark
the Mediterranean | Europe and Africa
the Red Sea | Africa and Arabia
the Black Sea | Ukraine and Turkey
the Atlantic | Europe and America
the Pacific | America and Asia
the Irish Sea | England and Ireland
the Adriatic | Italy and Croatia
the Bering strait | Asia and America
"""

_FLAGS = """
France | blue, white and red
Italy | green, white and red
Germany | black, red and gold
Ireland | green, white and orange
Belgium | black, yellow and red
Japan | white with a red circle
Poland | white and red
Ukraine | blue and yellow
Sweden | blue with a yellow cross
Denmark | red with a white cross
Finland | white with a blue cross
Switzerland | red with a white cross in the middle
Austria | red, white and red
Spain | red and yellow
the Netherlands | red, white and blue
Russia | white, blue and red
Canada | red and white with a leaf
China | red with yellow stars
Turkey | red with a white moon and star
Greece | blue and white
Hungary | red, white and green
Romania | blue, yellow and red
Brazil | green with a yellow diamond
Argentina | light blue and white
Nigeria | green, white and green
Jamaica | black, green and gold
Estonia | blue, black and white
Peru | red, white and red
"""

_MONEY = """
Japan | yen
England | pounds
the United States | dollars
Canada | dollars
Australia | dollars
New Zealand | dollars
India | rupees
China | yuan
Russia | roubles
Switzerland | francs
Sweden | crowns
Norway | crowns
Denmark | crowns
Poland | zloty
Hungary | forints
Turkey | lira
Mexico | pesos
Argentina | pesos
Chile | pesos
Brazil | reals
South Africa | rand
South Korea | won
Thailand | baht
Vietnam | dong
Israel | shekels
Egypt | pounds
Germany | euros
France | euros
Italy | euros
Spain | euros
Austria | euros
Ireland | euros
Portugal | euros
Finland | euros
Greece | euros
Belgium | euros
the Netherlands | euros
"""

_PEOPLE = """
France | French
Germany | German
Italy | Italian
Spain | Spanish
Portugal | Portuguese
England | English
Scotland | Scottish
Wales | Welsh
Ireland | Irish
the Netherlands | Dutch
Belgium | Belgian
Switzerland | Swiss
Austria | Austrian
Denmark | Danish
Sweden | Swedish
Norway | Norwegian
Finland | Finnish
Iceland | Icelandic
Poland | Polish
Hungary | Hungarian
Greece | Greek
Romania | Romanian
Bulgaria | Bulgarian
Croatia | Croatian
Serbia | Serbian
Ukraine | Ukrainian
Russia | Russian
Turkey | Turkish
China | Chinese
Japan | Japanese
India | Indian
Pakistan | Pakistani
Nepal | Nepalese
Thailand | Thai
Vietnam | Vietnamese
Iran | Iranian
Iraq | Iraqi
Israel | Israeli
Egypt | Egyptian
Morocco | Moroccan
Kenya | Kenyan
Ethiopia | Ethiopian
Nigeria | Nigerian
Ghana | Ghanaian
South Africa | South African
Canada | Canadian
America | American
Mexico | Mexican
Cuba | Cuban
Jamaica | Jamaican
Brazil | Brazilian
Argentina | Argentinian
Chile | Chilean
Peru | Peruvian
Colombia | Colombian
Australia | Australian
Paris | Parisian
London | a Londoner
Berlin | a Berliner
Rome | Roman
Venice | Venetian
Vienna | Viennese
Europe | European
Africa | African
Asia | Asian
"""

_STATES = """
Alabama | Montgomery
Alaska | Juneau
Arizona | Phoenix
Arkansas | Little Rock
California | Sacramento
Colorado | Denver
Connecticut | Hartford
Delaware | Dover
Florida | Tallahassee
Hawaii | Honolulu
Idaho | Boise
Illinois | Springfield
Indiana | Indianapolis
Iowa | Des Moines
Kansas | Topeka
Kentucky | Frankfort
Louisiana | Baton Rouge
Maine | Augusta
Maryland | Annapolis
Massachusetts | Boston
Michigan | Lansing
Minnesota | Saint Paul
Mississippi | Jackson
Missouri | Jefferson City
Montana | Helena
Nebraska | Lincoln
Nevada | Carson City
New Hampshire | Concord
New Jersey | Trenton
New Mexico | Santa Fe
New York | Albany
North Carolina | Raleigh
North Dakota | Bismarck
Ohio | Columbus
Oklahoma | Oklahoma City
Oregon | Salem
Pennsylvania | Harrisburg
Rhode Island | Providence
South Carolina | Columbia
South Dakota | Pierre
Tennessee | Nashville
Texas | Austin
Utah | Salt Lake City
Vermont | Montpelier
Virginia | Richmond
Washington state | Olympia
West Virginia | Charleston
Wisconsin | Madison
Wyoming | Cheyenne
"""

_MOST = """
the largest country in Africa | Algeria
the largest country in South America | Brazil
the largest country in North America | Canada
the largest country in Oceania | Australia
the highest mountain in Africa | Kilimanjaro
the highest mountain in South America | Aconcagua
the highest mountain in Europe | Elbrus
the highest mountain in Japan | Mount Fuji
the highest mountain in Scotland | Ben Nevis
the highest mountain in Germany | the Zugspitze
the longest river in Africa | the Nile
the longest river in South America | the Amazon
the longest river in Europe | the Volga
the longest river in China | the Yangtze
the longest river in England | the Thames
the deepest lake in the world | Lake Baikal
the largest lake in Africa | Lake Victoria
the smallest continent | Australia
the smallest ocean | the Arctic Ocean
the largest desert of ice | Antarctica
the highest waterfall in the world | Angel Falls
the country that looks like a boot | Italy
the land of the rising sun | Japan
the eternal city | Rome
the city of light | Paris
the city of canals | Venice
the big apple | New York
the emerald isle | Ireland
the largest state of America | Alaska
the smallest state of America | Rhode Island
the driest desert | the Atacama
the lowest lake on earth | the Dead Sea
"""


def _cities() -> tuple[Fact, ...]:
    lines = _CITIES.replace("\n ", " ")
    return tuple(
        Fact({"x": plain(city)}, sentence(f"{city} is in {country}"), content(country)) for country, city in members(lines)
    )


INTENTS: tuple[Intent, ...] = (
    Intent(
        "city",
        expand("""
            [where is|where exactly is|where can i find|where would i find|where in the world is|in which country is] {x}
            [in what country is|which country is home to|tell me the country of|do you know the country of] {x}
            [what|which] country is {x} in
            [tell me where|do you know where|i want to know where] {x} is
            [where is the city of {x}|{x} is in which country|what country does {x} belong to]
            """),
        _cities(), ("and {x}", "what about {x}", "how about {x}", "and where is {x}"),
    ),
    Intent(
        "river",
        expand("""
            [which city lies on|what city lies on|which city is on|what city is on] {x}
            [which|what] river flows through {cities}
            [tell me a city on|name a city on|do you know a city on] {x}
            """),
        (*table("x", "city", answer="{x} flows through {city}", key="city", lines=_RIVERS),
         *(Fact({"cities": plain(city)}, sentence(f"{river} flows through {city}"), content(river))
           for river, city in rows(_RIVERS))), ("and {x}", "what about {x}", "and {cities}", "and through {cities}"),
    ),
    Intent(
        "place",
        expand("""
            [where is|where are|where exactly is|where can i find|where would i find|where in the world is|where can i see] {x}
            [in what part of the world is|in which part of the world is|in which place is|where do i find] {x}
            [tell me where|do you know where|i want to know where|i forgot where] {x} is
            """),
        table("x", "where", answer="you find {x} in {where}", key="where", lines=_IN), ABOUT_X,
    ),
    Intent(
        "between",
        expand("""
            [what does {x} separate|what does {x} lie between|between which lands is {x}|between what is {x}]
            [tell me what {x} separates|{x} is between what|which places does {x} lie between]
            """),
        table("x", "lands", answer="it is between {lands}", key="lands", lines=_BETWEEN),
        ("and {x}", "what about {x}"),
    ),
    Intent(
        "flag",
        expand("""
            [what does the flag of {x} look like|what colours are in the flag of {x}|what are the colours of the flag of {x}]
            [what is the flag of {x}|describe the flag of {x}|which colours has the flag of {x}|what colour is the flag of {x}]
            [tell me the colours of the flag of {x}|do you know the flag of {x}|the flag of {x}|how does the flag of {x} look]
            """),
        table("x", "colours", answer="it is {colours}", key="colours", lines=_FLAGS), ("and {x}", "what about {x}", "and of {x}"),
    ),
    Intent(
        "money",
        expand("""
            [what currency do they use in|which currency do they use in|what money do they use in|what do people pay with in] {x}
            [what is the currency of|what is the money of|the currency of|tell me the currency of|do you know the currency of] {x}
            [what is the money called in|which money do i need in|how do people pay in|what currency does one need in] {x}
            """),
        table("x", "money", answer="people there pay in {money}", key="money", lines=_MONEY),
        ("and in {x}", "and {x}", "what about {x}", "how about {x}"),
    ),
    Intent(
        "people_of",
        expand("""
            [what do you call|what do we call|what is the word for|what are you if you are] [a person|somebody|someone] from {x}
            [a person from {x} is what|someone from {x} is called what|what is a person from {x} called]
            [what are people from {x} called|what do you call people from {x}|what nationality is somebody from {x}]
            """),
        table("x", "people", answer="someone from {x} is {people}", key="people", lines=_PEOPLE),
        ("and from {x}", "and {x}", "what about {x}", "and somebody from {x}"),
    ),
    Intent(
        "state_capital",
        expand("""
            [what is|what's|tell me|do you know|name|] the capital of {x}
            [what is the capital city of|which city is the capital of|capital of|the capital city of] {x}
            [i want to know the capital of|i forgot the capital of] {x}
            """),
        table("x", "city", answer="{city} is the capital of {x}", key="city", lines=_STATES),
        ("and of {x}", "and {x}", "what about {x}", "how about {x}", "and the capital of {x}"),
    ),
    Intent(
        "most_of",
        expand("""
            [what is|what's|which is|tell me|do you know|name|i want to know|what do you call|what is the name of] {x}
            [tell me what {x} is|do you know what {x} is|i'd like to know what {x} is]
            """),
        table("x", "what", answer="{what} is {x}", key="what", lines=_MOST), ("and {x}", "what about {x}", "and what is {x}"),
    ),
)  # fmt: skip
