"""The columns an import understands and the words by which files name them."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# In the order of the template. Headers are compared without case, spaces and punctuation, and
# the translated label is understood as well.
IMPORT_COLUMNS = {
    'reference': (_lt("External reference"), 'external id, id, 外部编号, 外部编码, 外部参考, 编号'),
    'member_number': (_lt("Member number"), 'member no, 会员编号, 会员号, 會員編號'),
    'name': (_lt("Name"), 'full name, customer, customer name, 姓名, 名称, 客户名称, 客户, 名稱'),
    'is_company': (_lt("Is a company"), 'organisation, organization, 是否公司, 是否企业'),
    'company_name': (_lt("Company name"), 'company, 公司, 公司名称, 企业名称, 单位, 單位'),
    'email': (_lt("E-mail"), 'mail, e-mail address, 邮箱, 电子邮箱, 电子邮件, 邮件, 電子郵件, 信箱'),
    'phone': (_lt("Phone"), 'telephone, mobile, phone number, tel, 电话, 手机, 手机号, 联系电话, 电话号码, 電話, 手機'),
    'country': (_lt("Country"), 'country code, 国家, 国家/地区, 國家'),
    'state': (_lt("State"), 'province, state/province, 省, 省份, 州, 州/省, 省/州'),
    'city': (_lt("City"), 'town, 城市, 市'),
    'street': (_lt("Street"), 'address, 地址, 街道, 详细地址'),
    'zip': (_lt("ZIP"), 'zip code, postal code, postcode, 邮编, 邮政编码, 郵遞區號'),
    'lang': (_lt("Language"), 'lang, locale, 语言, 語言'),
    'level': (_lt("Level"), 'grade, member level, membership level, 级别, 等级, 会员等级, 會員等級'),
    'agent': (_lt("Agent"), 'responsible, customer service, 客服, 负责人, 客服人员, 专属客服'),
    'member_since': (_lt("Member since"), 'registered, registration date, joined, 注册日期, 注册时间, 加入日期'),
    'comment': (_lt("Notes"), 'note, comment, remark, 备注, 说明, 備註'),
}  # fmt: skip

TRUE_WORDS = {'1', 'yes', 'y', 'true', 'x', '是', '对', '公司', '企业', 'sí', 'si', 'بله'}
FALSE_WORDS = {'', '0', 'no', 'n', 'false', '否', '不', '个人', '個人', 'خیر'}

# Interface languages besides the installed ones in which country names are understood.
COUNTRY_NAME_LOCALES = ('en', 'zh_Hans', 'zh_Hant', 'es', 'fa')
