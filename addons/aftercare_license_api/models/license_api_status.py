from odoo import api, models
from odoo.addons.aftercare_license.tools import hosts
from odoo.tools import SQL

from ..tools import answers, verdict
from ..tools.questions import ApiError
from .license_api import Answer, to_moment

MAX_CANDIDATES = 20
MAX_CODE_LENGTH = 64


class LicenseApi(models.AbstractModel):
    _inherit = 'license.api'

    @api.model
    def _do_status(self, call, now):
        """Answer whether a domain is licensed: yes or no, nothing else."""
        self._check_status_limit(call, now)
        product, domain = call.args.get('product'), call.args.get('domain')
        for name, value in (('product', product), ('domain', domain)):
            if not value:
                raise ApiError(422, 'UNPROCESSABLE', "This is required.", f'/{name}')
        body = {'product': product[:MAX_CODE_LENGTH], 'domain': None, 'licensed': False}
        try:
            host = hosts.normalize(domain)
            body |= {'domain': host.name, 'licensed': self._is_licensed(product, host, now)}
        except hosts.HostError:
            pass  # what is no domain is not licensed
        return Answer(200, answers.dump(body))

    @api.model
    def _check_status_limit(self, call, now):
        """Let a person go on who proves to be one.

        :raises ApiError: 429
        """
        try:
            self._check_shared(f'status {call.ip}', 'limit_status', now)
        except ApiError:
            if not self._is_person(call):
                raise

    @api.model
    def _is_person(self, call):
        """Tell whether the caller has solved a captcha; an addon that has one overrides this."""
        return False

    @api.model
    def _is_licensed(self, product, host, now):
        """Tell whether a real site is covered by a valid licence.

        :param str product: code
        :param host: :class:`hosts.Host`
        :param float now: seconds since the epoch
        """
        if '\0' in product:
            return False
        moment = to_moment(now)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT license.id, license.key_digest
                  FROM software_license_domain bound
                  JOIN software_license license ON license.id = bound.license_id
                  JOIN product_template template ON template.id = license.product_tmpl_id
                 WHERE (bound.name = %(name)s OR bound.registrable = %(registrable)s)
                   AND template.license_code = %(product)s
                   AND license.state IN ('active', 'grace', 'expired')
                   AND license.key_digest IS NOT NULL
              ORDER BY license.id DESC
                 LIMIT %(limit)s
                """,
                name=host.name,
                registrable=host.registrable,
                product=product,
                limit=MAX_CANDIDATES,
            )
        )
        question = verdict.Question(product=product, domain=host.name)
        for _license_id, digest in rows:
            license = self._find_license(digest, None, moment)[1]
            # An installation that has proved itself stands for the domain.
            license = license and license._replace(installations=())
            if verdict.evaluate(license, question, moment).code in ('VALID', 'EXPIRED_GRACE'):
                return True
        return False
