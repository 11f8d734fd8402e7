# Run by `odoo shell`: makes {{code}} the language of the staff and of the website.
env['res.lang']._activate_lang('{{code}}')  # noqa: F821
env['res.users'].with_context(active_test=False).search([('share', '=', False)]).lang = '{{code}}'  # noqa: F821
if 'website' in env:  # noqa: F821
    language = env['res.lang']._lang_get('{{code}}')  # noqa: F821
    for website in env['website'].search([]):  # noqa: F821
        website.write({'language_ids': [(4, language.id)], 'default_lang_id': language.id})
env.cr.commit()  # noqa: F821
