from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# column: (label, further names of it separated by commas)
IMPORT_COLUMNS = {
    'order': (_lt("Order"), "order reference,order number,order no,订单号,订单编号,订单"),
    'date': (_lt("Date"), "order date,下单时间,订单日期,日期"),
    'customer': (_lt("Customer"), "customer name,name,buyer,客户,客户名称,买家,姓名"),
    'email': (_lt("E-mail"), "email,mail,customer e-mail,邮箱,电子邮件,电子邮箱"),
    'product': (_lt("Product"), "product code,sku,code,产品,产品编码,商品编码,产品代码"),
    'domain': (_lt("Domain"), "licensed domain,host,url,域名,授权域名"),
    'key': (_lt("Key"), "licence key,license key,授权码,密钥,许可证密钥"),
    'start': (_lt("Start"), "start date,valid from,开始日期,生效日期"),
    'expiry': (_lt("Expiry"), "expiry date,expires,valid until,end,到期日期,到期时间,有效期至"),
    'amount': (_lt("Amount"), "price,total,金额,价格,实付金额"),
    'currency': (_lt("Currency"), "币种,货币"),
}
REQUIRED_COLUMNS = ('order', 'product')
