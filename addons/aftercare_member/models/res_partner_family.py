from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

TREE_LIMIT = 200


class ResPartner(models.Model):
    """Members who look after subordinate members, each with an account of his own."""

    _inherit = 'res.partner'

    member_parent_id = fields.Many2one(
        'res.partner',
        string="Sub-member Of",
        copy=False,
        index='btree_not_null',
        tracking=True,
        ondelete='set null',
        domain="[('is_member', '=', True), ('id', '!=', id)]",
        help="The member who looks after this one. Both keep their own account, orders and money.",
    )
    member_child_ids = fields.One2many('res.partner', 'member_parent_id', string="Sub-members")
    member_child_count = fields.Integer(
        string="Number of Sub-members",
        compute='_compute_member_child_count',
        help="Of all generations.",
    )
    member_tree = fields.Html(
        compute='_compute_member_tree', groups='aftercare_base.aftercare_base_group_user'
    )

    # === COMPUTE METHODS === #

    @api.depends('member_child_ids')
    def _compute_member_child_count(self):
        counts = self._count_descendants()
        for partner in self:
            partner.member_child_count = counts.get(partner._origin.id, 0)

    @api.depends('member_parent_id', 'member_child_ids')
    def _compute_member_tree(self):
        for partner in self:
            rows = partner._origin._get_member_tree() if partner._origin else []
            partner.member_tree = (
                self.env['ir.qweb']._render(
                    'aftercare_member.member_tree',
                    {'rows': rows, 'member': partner._origin, 'limit': TREE_LIMIT},
                )
                if len(rows) > 1
                else False
            )

    # === CONSTRAINT METHODS === #

    @api.constrains('member_parent_id')
    def _check_member_parent_id(self):
        if self._has_cycle('member_parent_id'):
            raise ValidationError(
                self.env._("Nobody can be a sub-member of himself or of one of his sub-members.")
            )
        for partner in self:
            parent = partner.member_parent_id
            # sudo: res.partner - whether the other is a member is no secret
            if parent and not parent.sudo().is_member:
                raise ValidationError(
                    self.env._("%(name)s is not a member.", name=parent.display_name)
                )

    # === ACTION METHODS === #

    def action_open_member_children(self):
        """Open the sub-members of all generations."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_member.res_partner_action_member'
        )
        return {
            **action,
            'name': self.env._("Sub-members of %(name)s", name=self.display_name),
            'domain': [('member_parent_id', 'child_of', self.id), ('id', '!=', self.id)],
            'context': {'default_is_member': True, 'default_member_parent_id': self.id},
        }

    # === BUSINESS METHODS === #

    def _count_descendants(self):
        """Return how many sub-members of all generations each member has, in one query."""
        if not self.ids:
            return {}
        self.flush_model(['member_parent_id', 'active'])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    WITH RECURSIVE tree(root, id) AS (
                        SELECT member_parent_id, id FROM res_partner
                         WHERE member_parent_id = ANY(%s) AND active
                         UNION
                        SELECT tree.root, p.id FROM res_partner p
                          JOIN tree ON p.member_parent_id = tree.id WHERE p.active
                    ) SELECT root, COUNT(*) FROM tree GROUP BY root
                    """,
                    self.ids,
                )
            )
        )

    def _get_member_descendants(self):
        """Return the sub-members of all generations."""
        # sudo: res.partner - the tree is complete, whoever looks at it
        return self.sudo().search([('member_parent_id', 'child_of', self.ids)]) - self.sudo()

    def _get_member_tree(self):
        """Return the tree a member stands in, from the top, as rows for the form.

        :return: list of dicts ``depth``, ``partner`` (as superuser), ``orders``, ``is_self``
        """
        self.ensure_one()
        # sudo: res.partner - staff sees the names of the whole tree
        partner_sudo = self.sudo()
        above = []
        while partner_sudo.member_parent_id and len(above) < TREE_LIMIT:
            partner_sudo = partner_sudo.member_parent_id
            above.insert(0, partner_sudo)
        branches = (
            self._get_member_descendants()
            .sorted(lambda p: (p.name or '', p.id))
            .grouped('member_parent_id')
        )
        rows = [{'depth': depth, 'partner': partner} for depth, partner in enumerate(above)]
        waiting = [(len(above), self.sudo())]
        while waiting and len(rows) < TREE_LIMIT:
            depth, partner = waiting.pop()
            rows.append({'depth': depth, 'partner': partner})
            children = branches.get(partner, self.browse())
            waiting += [(depth + 1, child) for child in reversed(children)]
        orders = self.browse(row['partner'].id for row in rows)._count_member_orders()
        for row in rows:
            row['orders'] = orders.get(row['partner'].id, 0)
            row['is_self'] = row['partner'].id == self.id
        return rows

    def _count_member_orders(self):
        """Return how many confirmed orders members have: dict of id → number, in one query."""
        # sudo: sale.order - numbers only
        groups = (
            self.env['sale.order']
            .sudo()
            ._read_group(
                [('partner_id.commercial_partner_id', 'in', self.ids), ('state', '=', 'sale')],
                ['partner_id'],
                ['__count'],
            )
        )
        counts = {}
        for partner, count in groups:
            member_id = partner.commercial_partner_id.id
            counts[member_id] = counts.get(member_id, 0) + count
        return counts

    def _check_can_join(self, parent):
        """Say in the member's words why he can not become a sub-member of another one.

        :raise UserError: when he can not
        """
        self.ensure_one()
        if self == parent or parent in self._get_member_descendants():
            raise UserError(
                self.env._("You can not become a sub-member of yourself or of your sub-members.")
            )
        if self.member_parent_id == parent:
            raise UserError(
                self.env._("You are a sub-member of %(name)s already.", name=parent.name)
            )
        if self.member_parent_id:
            raise UserError(
                self.env._(
                    "You are a sub-member of %(name)s. Leave first, then accept.",
                    name=self.member_parent_id.name,
                )
            )

    def _join_member(self, parent):
        """Become a sub-member of another member."""
        self.write({'is_member': True, 'member_parent_id': parent.id})

    def _leave_member(self, is_removed):
        """Stop being a sub-member; account, orders, money and own sub-members stay as they are.

        :param bool is_removed: whether the other one ended it, which the member is told
        """
        for partner in self:
            parent = partner.member_parent_id
            partner.member_parent_id = False
            if is_removed:
                self.env['notification.event']._notify(
                    'member_removed', partner, {'parent': parent.name}
                )
