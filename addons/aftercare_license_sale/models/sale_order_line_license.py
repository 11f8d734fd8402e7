from odoo import models
from odoo.addons.aftercare_license.tools.terms import add_months
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    # === BUSINESS METHODS: FULFIL === #
    def _fulfil_units(self, owed, reason=''):
        """Issue, renew and order work for paid units.

        :param dict owed: line → units
        :return: the issued licences
        """
        by_kind = {'issue': {}, 'renew': {}, 'service': {}}
        for line, units in owed.items():
            by_kind[line._get_license_kind()][line] = units
        licenses = self._issue_units(by_kind['issue'], reason)
        for line, units in by_kind['renew'].items():
            line._renew_units(units, reason)
        for line, units in by_kind['service'].items():
            line._create_service_work(units)
        for line, units in owed.items():
            line.license_done_qty += units
        problems = self.browse(line.id for line in owed if line.license_problem)
        problems.license_problem = False
        return licenses

    def _issue_units(self, owed, reason):
        """Make and activate one licence for each unit."""
        vals_list = self._prepare_license_values(owed)
        if not vals_list:
            return self.env['software.license']
        licenses = self.env['software.license'].create(vals_list)
        orders = licenses.sale_order_id
        if not reason and len(orders) == 1:
            reason = self.env._("Order %(order)s was paid.", order=orders.name)
        licenses._activate(reason=reason or self.env._("The order was paid."))
        by_order = licenses.grouped('sale_order_id')
        orders._message_log_batch(
            bodies={
                order.id: self.env._(
                    "Issued: %(licenses)s", licenses=", ".join(by_order[order].mapped('name'))
                )
                for order in orders
            }
        )
        return licenses

    def _prepare_license_values(self, owed):
        """Return the values of the licences to make; domains that are taken are left out."""
        wanted, names = [], set()
        for line, units in owed.items():
            try:
                hosts = line._parse_license_domains()
            except UserError:  # the policy became stricter meanwhile
                hosts = []
            hosts = hosts[line.license_done_qty :]
            last = max(line.license_ids.mapped('sale_unit'), default=0)
            for index in range(units):
                host = hosts[index] if index < len(hosts) else None
                wanted.append((line, last + index + 1, host))
                names |= {host.name} if host else set()
        taken = self.product_id._find_taken_domains(names)
        vals_list, lost = [], {}
        for line, unit, host in wanted:
            vals = line._prepare_license_vals(unit)
            place = host and (line.product_id.id, host.name)
            if place and place not in taken:
                vals['domain'] = host.name
                if line.product_id.license_policy_id.domain_unique:
                    taken.add(place)
            elif place:
                lost.setdefault(line, []).append(host.display)
            vals_list.append(vals)
        for line, displays in lost.items():
            line.order_id._schedule_license_activity(
                self.env._("The licensed domain was taken meanwhile"),
                self.env._(
                    "%(domains)s got a licence of %(product)s while the order was paid. The licence "
                    "was issued without a domain; please ask the customer for another one.",
                    domains=", ".join(displays),
                    product=line.product_id.display_name,
                ),
            )
        return vals_list

    def _prepare_license_vals(self, unit):
        """Return the values of the licence of one unit."""
        self.ensure_one()
        order = self.order_id
        return {
            'partner_id': order.partner_id.id,
            'product_id': self.product_id.id,
            'company_id': order.company_id.id,
            'sale_line_id': self.id,
            'sale_unit': unit,
        }

    def _renew_units(self, units, reason):
        """Add terms to the licence of the line."""
        self.ensure_one()
        license = self.license_id
        end_field = license._get_end_field()
        if not self.license_done_qty:
            self.license_old_end = license[end_field]
        license._renew(
            terms=units,
            reason=reason or self.env._("Order %(order)s was paid.", order=self.order_id.name),
        )
        self.license_new_end = license[end_field]

    def _create_service_work(self, units):
        """Tell staff what was sold: a service has no licence. A helpdesk makes a ticket of it.

        :return: the record that somebody works on
        """
        self.ensure_one()
        return self.order_id._schedule_license_activity(
            self.env._(
                "Provide %(units)s × %(product)s", units=units, product=self.product_id.display_name
            ),
            self.env._("The customer paid for this service."),
        )

    def _report_license_problem(self, error):
        """Keep why a paid line got nothing, and give it to the salesperson."""
        self.ensure_one()
        message = self.env._(
            "%(product)s: %(error)s", product=self.product_id.display_name, error=error
        )
        if self.license_problem == message:
            return
        self.license_problem = message
        self.order_id._schedule_license_activity(
            self.env._("A paid licence could not be issued or renewed"), message
        )

    # === BUSINESS METHODS: TAKE BACK === #
    def _take_back_credited(self):
        """Take back what credit notes gave the money back for."""
        for line in self.filtered(lambda line: line.license_done_qty > 0):
            if not line.company_id.license_revoke_on_refund:
                continue
            units = line._get_credited_units() - line.license_refunded_qty
            line._refund_units(
                units,
                self.env._("%(order)s got a credit note.", order=line.order_id.name),
            )

    def _refund_units(self, units, reason):
        """Take units back for good: the money for them went back."""
        self.ensure_one()
        self.license_refunded_qty += self._take_back_units(units, reason)

    def _take_back_units(self, units, reason):
        """Revoke the newest licences, or shorten the renewed one.

        :return: how many units were taken back
        """
        self.ensure_one()
        units = min(units, self.license_done_qty)
        if units <= 0:
            return 0
        kind = self._get_license_kind()
        if kind == 'issue':
            valid = self.license_ids.filtered(lambda license: license.state != 'revoked')
            newest = valid.sorted('sale_unit', reverse=True)[:units]
            if newest:
                newest._revoke(reason)
        elif kind == 'renew':
            self._unrenew_units(units, reason)
        else:
            self.order_id._schedule_license_activity(
                self.env._(
                    "Stop %(units)s × %(product)s",
                    units=units,
                    product=self.product_id.display_name,
                ),
                reason,
            )
        self.license_done_qty -= units
        return units

    def _unrenew_units(self, units, reason):
        """Give the licence back the end it had before, as far as nothing happened since."""
        self.ensure_one()
        license = self.license_id
        if license.state == 'revoked':
            return
        end = license[license._get_end_field()]
        if not end:
            return
        if units == self.license_done_qty and end == self.license_new_end and self.license_old_end:
            until = self.license_old_end
        else:
            policy = license.policy_id
            months = (policy.term_months or policy.updates_months) * units
            until = add_months(end, -months, license.anchor_day)
        license._take_back_term(until, reason)

    # === BUSINESS METHODS: RULES === #
    def _is_open_renewal(self):
        """Tell whether the line is on an order that can still be paid, and is about it alone."""
        self.ensure_one()
        order = self.order_id
        return (
            order.state in ('draft', 'sent')
            and len(order.order_line) == 1
            and not order.is_expired
            and not order.transaction_ids.filtered(
                lambda tx: tx.state in ('pending', 'authorized', 'done')
            )
        )
