"""Countries: their capital, continent and language. To add one, add a line to the table."""

from __future__ import annotations

from .intent import Fact, Intent
from .phrases import rows

# country | capital | continent | language (empty: not asked, as there is no single main one)
COUNTRIES = rows("""
France | Paris | Europe | French
Germany | Berlin | Europe | German
Italy | Rome | Europe | Italian
Spain | Madrid | Europe | Spanish
Portugal | Lisbon | Europe | Portuguese
England | London | Europe | English
Scotland | Edinburgh | Europe |
Wales | Cardiff | Europe |
Ireland | Dublin | Europe |
the Netherlands | Amsterdam | Europe | Dutch
Belgium | Brussels | Europe |
Switzerland | Bern | Europe |
Austria | Vienna | Europe | German
Denmark | Copenhagen | Europe | Danish
Sweden | Stockholm | Europe | Swedish
Norway | Oslo | Europe | Norwegian
Finland | Helsinki | Europe | Finnish
Iceland | Reykjavik | Europe | Icelandic
Poland | Warsaw | Europe | Polish
Hungary | Budapest | Europe | Hungarian
Greece | Athens | Europe | Greek
Romania | Bucharest | Europe | Romanian
Bulgaria | Sofia | Europe | Bulgarian
Croatia | Zagreb | Europe | Croatian
Serbia | Belgrade | Europe | Serbian
Slovakia | Bratislava | Europe | Slovak
Slovenia | Ljubljana | Europe | Slovene
Albania | Tirana | Europe | Albanian
Estonia | Tallinn | Europe | Estonian
Latvia | Riga | Europe | Latvian
Lithuania | Vilnius | Europe | Lithuanian
Ukraine | Kyiv | Europe | Ukrainian
Russia | Moscow | | Russian
Turkey | Ankara | | Turkish
China | Beijing | Asia | Chinese
Japan | Tokyo | Asia | Japanese
South Korea | Seoul | Asia | Korean
North Korea | Pyongyang | Asia | Korean
Mongolia | Ulaanbaatar | Asia | Mongolian
India | New Delhi | Asia |
Pakistan | Islamabad | Asia |
Nepal | Kathmandu | Asia | Nepali
Bangladesh | Dhaka | Asia | Bengali
Thailand | Bangkok | Asia | Thai
Vietnam | Hanoi | Asia | Vietnamese
the Philippines | Manila | Asia |
Iran | Tehran | Asia | Persian
Iraq | Baghdad | Asia | Arabic
Saudi Arabia | Riyadh | Asia | Arabic
Lebanon | Beirut | Asia | Arabic
Egypt | Cairo | Africa | Arabic
Morocco | Rabat | Africa |
Algeria | Algiers | Africa |
Tunisia | Tunis | Africa | Arabic
Libya | Tripoli | Africa | Arabic
Kenya | Nairobi | Africa |
Ethiopia | Addis Ababa | Africa |
Nigeria | Abuja | Africa |
Ghana | Accra | Africa |
Senegal | Dakar | Africa |
Zimbabwe | Harare | Africa |
Madagascar | Antananarivo | Africa |
Canada | Ottawa | North America |
the United States | Washington | North America | English
Cuba | Havana | North America | Spanish
Jamaica | Kingston | North America | English
Brazil | Brasilia | South America | Portuguese
Argentina | Buenos Aires | South America | Spanish
Chile | Santiago | South America | Spanish
Peru | Lima | South America |
Colombia | Bogota | South America | Spanish
Venezuela | Caracas | South America | Spanish
Ecuador | Quito | South America | Spanish
Uruguay | Montevideo | South America | Spanish
Australia | Canberra | | English
New Zealand | Wellington | | English
the Czech Republic | Prague | Europe | Czech
Cyprus | Nicosia | | Greek and Turkish
Malta | Valletta | Europe | Maltese and English
Bosnia | Sarajevo | Europe | Bosnian
North Macedonia | Skopje | Europe | Macedonian
Montenegro | Podgorica | Europe |
Belarus | Minsk | Europe |
Armenia | Yerevan | Asia | Armenian
Azerbaijan | Baku | Asia |
Uzbekistan | Tashkent | Asia | Uzbek
Turkmenistan | Ashgabat | Asia | Turkmen
Kyrgyzstan | Bishkek | Asia |
Tajikistan | Dushanbe | Asia | Tajik
Afghanistan | Kabul | Asia |
Cambodia | Phnom Penh | Asia | Khmer
Laos | Vientiane | Asia | Lao
Malaysia | Kuala Lumpur | Asia | Malay
Syria | Damascus | Asia | Arabic
Jordan | Amman | Asia | Arabic
Kuwait | Kuwait City | Asia | Arabic
Qatar | Doha | Asia | Arabic
Oman | Muscat | Asia | Arabic
Yemen | Sanaa | Asia | Arabic
Bahrain | Manama | Asia | Arabic
the Emirates | Abu Dhabi | Asia | Arabic
Sudan | Khartoum | Africa | Arabic
Somalia | Mogadishu | Africa | Somali
Uganda | Kampala | Africa |
Rwanda | Kigali | Africa |
Tanzania | Dodoma | Africa | Swahili
Zambia | Lusaka | Africa | English
Malawi | Lilongwe | Africa |
Mozambique | Maputo | Africa | Portuguese
Angola | Luanda | Africa | Portuguese
Namibia | Windhoek | Africa | English
Botswana | Gaborone | Africa |
Gabon | Libreville | Africa | French
Cameroon | Yaounde | Africa |
Mali | Bamako | Africa |
Niger | Niamey | Africa |
Burkina Faso | Ouagadougou | Africa |
Gambia | Banjul | Africa | English
Guinea | Conakry | Africa | French
Sierra Leone | Freetown | Africa | English
Liberia | Monrovia | Africa | English
Togo | Lome | Africa | French
Benin | Porto Novo | Africa | French
Eritrea | Asmara | Africa |
Mexico | Mexico City | North America | Spanish
Guatemala | Guatemala City | | Spanish
Honduras | Tegucigalpa | | Spanish
El Salvador | San Salvador | | Spanish
Nicaragua | Managua | | Spanish
Costa Rica | San Jose | | Spanish
Panama | Panama City | | Spanish
Belize | Belmopan | | English
Haiti | Port au Prince | |
the Dominican Republic | Santo Domingo | | Spanish
the Bahamas | Nassau | | English
Barbados | Bridgetown | | English
Trinidad | Port of Spain | | English
Bolivia | Sucre | South America |
Paraguay | Asuncion | South America |
Guyana | Georgetown | South America | English
Suriname | Paramaribo | South America | Dutch
Papua New Guinea | Port Moresby | |
Fiji | Suva | |
""")


def _key(name: str) -> tuple[str, ...]:
    return tuple(name.lower().removeprefix("the ").split())


def _slots(country: str) -> dict[str, str]:
    name = country.lower()
    return {"country": name} if name.endswith("s") else {"country": name, "whose": f"{name}'s"}


INTENTS: tuple[Intent, ...] = (
    Intent(
        "capital",
        ("what is the capital of {country}", "what's the capital of {country}", "capital of {country}",
         "the capital of {country}", "do you know the capital of {country}", "tell me the capital of {country}",
         "tell me what the capital of {country} is", "which city is the capital of {country}",
         "what city is the capital of {country}", "what is the capital city of {country}", "name the capital of {country}",
         "give me the capital of {country}", "what is {whose} capital", "what's {whose} capital city",
         "which city is {whose} capital", "what capital does {country} have", "what is the name of the capital of {country}",
         "what is the capital called in {country}", "i want to know the capital of {country}",
         "i'd like to know the capital of {country}", "do you know what the capital of {country} is",
         "how is the capital of {country} called", "{country} what is its capital", "{country} has which capital",
         "the name of the capital of {country}", "the capital city of {country}", "say the capital of {country}",
         "which city is the capital in {country}", "i forgot the capital of {country}",
         "what would be the capital of {country}"),
        tuple(Fact(_slots(country), f"{capital} is the capital of {country}.", _key(capital))
              for country, capital, _, _ in COUNTRIES),
        ("and of {country}", "and {country}", "what about {country}", "how about {country}", "and the capital of {country}",
         "and that of {country}", "and for {country}", "and what is it for {country}"),
    ),
    Intent(
        "capital_of",
        ("{city} is the capital of which country", "{city} is the capital of what country",
         "which country is {city} the capital of", "what country is {city} the capital of", "what is {city} the capital of",
         "{city} is the capital of what", "which country has {city} as its capital", "which country's capital is {city}",
         "whose capital is {city}", "what country has the capital {city}", "tell me which country {city} is the capital of",
         "which country has the capital {city}", "do you know which country {city} is the capital of",
         "what country does {city} belong to", "which country does {city} belong to", "in which country is {city}",
         "in what country is {city}", "where is {city}", "which country is {city} in", "what country is {city} in",
         "where can i find {city}", "tell me where {city} is", "where is the city of {city}", "do you know where {city} is",
         "where in the world is {city}", "in which country is the city of {city}"),
        tuple(Fact({"city": capital.lower()}, f"{capital} is the capital of {country}.", _key(country))
              for country, capital, _, _ in COUNTRIES),
        ("and {city}", "what about {city}", "how about {city}", "and where is {city}", "and which country is {city} in",
         "and the city of {city}"),
    ),
    Intent(
        "continent",
        ("which continent is {country} in", "what continent is {country} in", "what continent is {country} on",
         "on which continent is {country}", "in which continent is {country}", "which continent is {country} on",
         "which continent does {country} belong to", "what continent does {country} belong to",
         "{country} is in which continent", "{country} is on which continent", "tell me which continent {country} is in",
         "tell me the continent of {country}", "do you know which continent {country} is in",
         "what is the continent of {country}", "the continent of {country}", "what part of the world is {country} in",
         "in what part of the world is {country}", "which part of the world is {country} in",
         "i want to know which continent {country} is in", "name the continent of {country}", "where is {country}",
         "where in the world is {country}", "where can i find {country}", "do you know where {country} is",
         "tell me where {country} is", "{country} where is that"),
        tuple(Fact({"country": country.lower()}, f"It is in {continent}.", _key(continent))
              for country, _, continent, _ in COUNTRIES if continent),
        ("and {country}", "what about {country}", "how about {country}", "and where is {country}",
         "and which continent is {country} in", "and the continent of {country}"),
    ),
    Intent(
        "language",
        ("what language do they speak in {country}", "which language do they speak in {country}",
         "what language is spoken in {country}", "which language is spoken in {country}", "what do people speak in {country}",
         "what language do people speak in {country}", "which language do people speak in {country}",
         "what do they speak in {country}", "what is the language of {country}", "the language of {country}",
         "tell me the language of {country}", "tell me what language they speak in {country}",
         "do you know what language they speak in {country}", "what is the main language of {country}",
         "what is the main language in {country}", "what is the official language of {country}", "language of {country}",
         "which language do i need in {country}", "what language should i learn for {country}",
         "if i go to {country} what language do i hear", "what language will i hear in {country}",
         "how do people talk in {country}", "name the language of {country}", "in {country} what language do they speak",
         "in {country} what do people speak", "i want to know the language of {country}"),
        tuple(Fact({"country": country.lower()}, f"They speak {language} there.", _key(language))
              for country, _, _, language in COUNTRIES if language),
        ("and in {country}", "and {country}", "what about {country}", "what about in {country}", "how about {country}",
         "and the language of {country}", "and what do they speak in {country}"),
    ),
)
