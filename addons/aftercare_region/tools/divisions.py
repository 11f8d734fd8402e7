"""Names and codes of country subdivisions that IP databases use and Odoo does not know.

Odoo's states of China carry a Chinese character as code (京), their ISO 3166-2 letters are in
the XML id alone. In Spain databases name the autonomous community, Odoo's states are provinces.
"""

import re
import unicodedata

# ISO 3166-2 letters: (number of GB/T 2260, full name, short name, further names)
CHINA = {
    'BJ': ('11', "北京市", "北京", "Beijing", "Peking"),
    'TJ': ('12', "天津市", "天津", "Tianjin", "Tientsin"),
    'HE': ('13', "河北省", "河北", "Hebei"),
    'SX': ('14', "山西省", "山西", "Shanxi"),
    'NM': ('15', "内蒙古自治区", "内蒙古", "Inner Mongolia", "Nei Mongol", "Neimenggu"),
    'LN': ('21', "辽宁省", "辽宁", "Liaoning"),
    'JL': ('22', "吉林省", "吉林", "Jilin"),
    'HL': ('23', "黑龙江省", "黑龙江", "Heilongjiang"),
    'SH': ('31', "上海市", "上海", "Shanghai"),
    'JS': ('32', "江苏省", "江苏", "Jiangsu"),
    'ZJ': ('33', "浙江省", "浙江", "Zhejiang"),
    'AH': ('34', "安徽省", "安徽", "Anhui"),
    'FJ': ('35', "福建省", "福建", "Fujian"),
    'JX': ('36', "江西省", "江西", "Jiangxi"),
    'SD': ('37', "山东省", "山东", "Shandong"),
    'HA': ('41', "河南省", "河南", "Henan"),
    'HB': ('42', "湖北省", "湖北", "Hubei"),
    'HN': ('43', "湖南省", "湖南", "Hunan"),
    'GD': ('44', "广东省", "广东", "Guangdong"),
    'GX': ('45', "广西壮族自治区", "广西", "Guangxi", "Guangxi Zhuang"),
    'HI': ('46', "海南省", "海南", "Hainan"),
    'CQ': ('50', "重庆市", "重庆", "Chongqing", "Chungking"),
    'SC': ('51', "四川省", "四川", "Sichuan", "Szechwan"),
    'GZ': ('52', "贵州省", "贵州", "Guizhou"),
    'YN': ('53', "云南省", "云南", "Yunnan"),
    'XZ': ('54', "西藏自治区", "西藏", "Tibet", "Xizang"),
    'SN': ('61', "陕西省", "陕西", "Shaanxi"),
    'GS': ('62', "甘肃省", "甘肃", "Gansu"),
    'QH': ('63', "青海省", "青海", "Qinghai"),
    'NX': ('64', "宁夏回族自治区", "宁夏", "Ningxia", "Ningxia Hui", "Ningsia Hui"),
    'XJ': ('65', "新疆维吾尔自治区", "新疆", "Xinjiang", "Xinjiang Uyghur", "Xinjiang Uygur"),
    'TW': ('71', "台湾省", "台湾", "臺灣", "Taiwan"),
    'HK': ('81', "香港特别行政区", "香港", "Hong Kong"),
    'MO': ('82', "澳门特别行政区", "澳门", "Macau", "Macao"),
}

# States of China in Odoo that are countries of their own in ISO 3166-1 and in IP databases.
CHINA_COUNTRIES = ('HK', 'MO', 'TW')

# Provinces of Iran, which Odoo has no states for. ISO 3166-2 number: names
IRAN = {
    '00': ("Markazi", "مرکزی"),
    '01': ("Gilan", "گیلان"),
    '02': ("Mazandaran", "مازندران"),
    '03': ("East Azerbaijan", "آذربایجان شرقی"),
    '04': ("West Azerbaijan", "آذربایجان غربی"),
    '05': ("Kermanshah", "کرمانشاه"),
    '06': ("Khuzestan", "خوزستان"),
    '07': ("Fars", "فارس"),
    '08': ("Kerman", "کرمان"),
    '09': ("Razavi Khorasan", "خراسان رضوی"),
    '10': ("Isfahan", "اصفهان", "Esfahan"),
    '11': ("Sistan and Baluchestan", "سیستان و بلوچستان"),
    '12': ("Kurdistan", "کردستان", "Kordestan"),
    '13': ("Hamadan", "همدان"),
    '14': ("Chaharmahal and Bakhtiari", "چهارمحال و بختیاری"),
    '15': ("Lorestan", "لرستان"),
    '16': ("Ilam", "ایلام"),
    '17': ("Kohgiluyeh and Boyer-Ahmad", "کهگیلویه و بویراحمد"),
    '18': ("Bushehr", "بوشهر"),
    '19': ("Zanjan", "زنجان"),
    '20': ("Semnan", "سمنان"),
    '21': ("Yazd", "یزد"),
    '22': ("Hormozgan", "هرمزگان"),
    '23': ("Tehran", "تهران"),
    '24': ("Ardabil", "اردبیل"),
    '25': ("Qom", "قم"),
    '26': ("Qazvin", "قزوین"),
    '27': ("Golestan", "گلستان"),
    '28': ("North Khorasan", "خراسان شمالی"),
    '29': ("South Khorasan", "خراسان جنوبی"),
    '30': ("Alborz", "البرز"),
}

# The five regions of the Iranian administration: (part of the XML id, name, code, provinces)
IRAN_REGIONS = [
    ('north', "Tehran and Northern Iran", 'IR-1', ['23', '30', '27', '02', '26', '25', '20']),
    ('south', "Isfahan and Southern Iran", 'IR-2', ['10', '07', '18', '14', '22', '17']),
    ('northwest', "Northwestern Iran", 'IR-3', ['03', '04', '24', '19', '01', '12']),
    ('west', "Western Iran", 'IR-4', ['13', '16', '05', '06', '15', '00']),
    ('east', "Eastern Iran", 'IR-5', ['09', '28', '29', '08', '11', '21']),
]

# Several states under one name: country: {code: (names, codes of the states in Odoo)}
GROUPS = {
    'ES': {
        'AN': (("Andalucía", "Andalusia"), ('AL', 'CA', 'CO', 'GR', 'H', 'J', 'MA', 'SE')),
        'AR': (("Aragón", "Aragon"), ('HU', 'TE', 'Z')),
        'AS': (("Principado de Asturias",), ('O',)),
        'CB': (("Cantabria",), ('S',)),
        'CE': (("Ceuta",), ('CE',)),
        'CL': (
            ("Castilla y León", "Castille and León", "Castile and Leon"),
            ('AV', 'BU', 'LE', 'P', 'SA', 'SG', 'SO', 'VA', 'ZA'),
        ),
        'CM': (
            ("Castilla-La Mancha", "Castille-La Mancha", "Castile-La Mancha"),
            ('AB', 'CR', 'CU', 'GU', 'TO'),
        ),
        'CN': (("Canarias", "Canary Islands"), ('GC', 'TF')),
        'CT': (("Catalunya", "Cataluña", "Catalonia"), ('B', 'GI', 'L', 'T')),
        'EX': (("Extremadura",), ('BA', 'CC')),
        'GA': (("Galicia",), ('C', 'LU', 'OR', 'PO')),
        'IB': (("Illes Balears", "Islas Baleares", "Balearic Islands"), ('PM',)),
        'MC': (("Región de Murcia", "Murcia"), ('MU',)),
        'MD': (("Comunidad de Madrid", "Madrid"), ('M',)),
        'ML': (("Melilla",), ('ME',)),
        'NC': (("Comunidad Foral de Navarra", "Navarre", "Navarra"), ('NA',)),
        'PV': (("País Vasco", "Euskadi", "Basque Country"), ('VI', 'SS', 'BI')),
        'RI': (("La Rioja",), ('LO',)),
        'VC': (
            ("Comunitat Valenciana", "Comunidad Valenciana", "Valencian Community"),
            ('A', 'CS', 'V'),
        ),
    },
}

# Foreign names of single states: country: {ISO code: names}
NAMES = {
    'CO': {'DC': ("Bogota D.C.", "Distrito Capital de Bogota")},
    'DE': {
        'BY': ("Bavaria",),
        'HE': ("Hesse",),
        'MV': ("Mecklenburg-Western Pomerania", "Mecklenburg-West Pomerania"),
        'NI': ("Lower Saxony",),
        'NW': ("North Rhine-Westphalia",),
        'RP': ("Rhineland-Palatinate",),
        'SN': ("Saxony",),
        'ST': ("Saxony-Anhalt",),
        'TH': ("Thuringia",),
    },
    'ES': {
        'BI': ("Biscay",),
        'CO': ("Cordova",),
        'SE': ("Seville",),
        'Z': ("Saragossa",),
    },
    'IR': {code: names[1:] for code, names in IRAN.items()},
    'MX': {'CMX': ("Mexico City", "Distrito Federal"), 'MEX': ("State of Mexico",)},
    'PT': {'11': ("Lisbon",), '13': ("Oporto",), '20': ("Azores",)},
}

# Where the code of a state in Odoo is not the ISO one: country: {code in Odoo: ISO code}
ISO_CODES = {'ES': {'ME': 'ML'}}

# Names of countries in ip2region files that are not those of the Unicode CLDR
COUNTRIES_ZH = {
    "阿联酋": 'AE',
    "波黑": 'BA',
    "多米尼加": 'DO',
    "法国南部领地": 'TF',
    "刚果布": 'CG',
    "刚果金": 'CD',
    "荷属圣马丁": 'SX',
    "留尼旺": 'RE',
    "马其顿": 'MK',
    "蒙塞拉特岛": 'MS',
    "孟加拉": 'BD',
    "南乔治亚岛和南桑威奇群岛": 'GS',
    "巴勒斯坦": 'PS',
    "圣马丁": 'MF',
    "托克劳群岛": 'TK',
    "瓦利斯和富图纳群岛": 'WF',
    "中非": 'CF',
}

_LETTERS = str.maketrans({'ı': 'i', 'ł': 'l', 'ø': 'o', 'đ': 'd', 'æ': 'ae', 'œ': 'oe', 'þ': 'th'})
_COMMON_WORDS = frozenset(
    re.findall(
        r'\w+',
        "autonomous canton community comunidad county departamento department departement "
        "distrito district federal governorate municipality of oblast prefecture province "
        "provincia region republic respublika state the territory "
        "al el de la le les los las do da du di",
    )
)


def name_keys(name):
    """Return two lists of keys for a name: exact ones and loose ones.

    ``"Alacant (Alicante)"`` has the keys of both names; accents and case do not count. A loose
    key leaves out words such as *province* or *of*, so that it may fit two states.
    """
    exact, loose = [], []
    for part in [name, *re.split(r'[/(),]', name)]:
        words = _words(part)
        exact.append(''.join(words))
        loose.append(''.join(word for word in words if word not in _COMMON_WORDS))
    return [key for key in exact if key], [key for key in loose if key]


def _words(text):
    text = unicodedata.normalize('NFKD', text.casefold().translate(_LETTERS))
    return re.findall(r'\w+', ''.join(c for c in text if not unicodedata.combining(c)))


def china_letters(name):
    """Return the ISO letters of a Chinese province by its Chinese name, None when unknown."""
    return _CHINA_BY_NAME.get(name)


_CHINA_BY_NAME = {name: letters for letters, (_number, *names) in CHINA.items() for name in names}
