import logging
import os

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools import ip_files, ip_table

_logger = logging.getLogger(__name__)

# Open files of this process: {(database, id of the source): (fingerprint, reader or None)}
_readers = {}

# What makers want to be credited with: (part of the type or file name, text, address)
ATTRIBUTIONS = [
    ('dbip', "IP Geolocation by DB-IP", 'https://db-ip.com'),
    (
        'geolite2',
        "This product includes GeoLite2 data created by MaxMind",
        'https://www.maxmind.com',
    ),
    ('ipinfo', "IP address data powered by IPinfo", 'https://ipinfo.io'),
    ('ip2region', "ip2region", 'https://github.com/lionsoul2014/ip2region'),
]


class IpLocationSource(models.Model):
    """A database file of IP addresses that the operator has installed."""

    _name = 'ip.location.source'
    _description = "IP Location Source"
    _order = 'sequence, id'

    name = fields.Char(
        compute='_compute_name', store=True, readonly=False, precompute=True, required=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    path = fields.Char(
        string="Path on the Server",
        groups='base.group_system',
        copy=False,
        help="Absolute path of a file that every server process can read. "
        "To replace it, write the new file beside it and rename.",
    )
    # what the last check found
    state = fields.Selection(
        selection=[('draft', "No file"), ('ready', "Ready"), ('error', "Cannot be used")],
        default='draft',
        required=True,
        readonly=True,
        copy=False,
    )
    message = fields.Char(readonly=True, copy=False)
    check_date = fields.Datetime(string="Last Check", readonly=True, copy=False)
    kind = fields.Selection(
        selection=[
            ('mmdb', "MaxMind layout"),
            ('mmdb_flat', "MaxMind format, flat records"),
            ('xdb', "ip2region"),
        ],
        readonly=True,
        copy=False,
    )
    database_type = fields.Char(readonly=True, copy=False)
    ip_version = fields.Selection(
        selection=[('4', "IPv4"), ('6', "IPv6")],
        string="IP Version",
        readonly=True,
        copy=False,
        help="Files in MaxMind's format for IPv6 contain IPv4 too.",
    )
    build_date = fields.Date(string="Data of", readonly=True, copy=False)
    file_size = fields.Float(string="Size (MB)", digits=(12, 1), readonly=True, copy=False)
    has_states = fields.Boolean(string="Knows States", readonly=True, copy=False)
    attribution = fields.Char(
        compute='_compute_attribution',
        store=True,
        readonly=False,
        help="Shown wherever results are shown; most licences ask for it.",
    )
    attribution_url = fields.Char(
        string="Attribution Address", compute='_compute_attribution', store=True, readonly=False
    )

    # === COMPUTE METHODS === #

    @api.depends('file_name', 'path')
    def _compute_name(self):
        # sudo: ip.location.source - the last part of the path is shown as the name
        for source, source_sudo in zip(self, self.sudo(), strict=True):
            file = source.file_name or os.path.basename(source_sudo.path or '')
            source.name = source.name or os.path.splitext(file)[0] or self.env._("New source")

    @api.depends('database_type')
    def _compute_attribution(self):
        for source in self:
            if source.attribution or not source.database_type:
                source.attribution = source.attribution
                source.attribution_url = source.attribution_url
                continue
            hint = f'{source.database_type} {source.file_name or ""} {source.name}'
            hint = hint.lower().replace('-', '')
            source.attribution, source.attribution_url = next(
                ((text, url) for part, text, url in ATTRIBUTIONS if part in hint), (False, False)
            )

    # === CONSTRAINT METHODS === #

    @api.constrains('file', 'path')
    def _check_one_file(self):
        # sudo: ip.location.source - the rule holds for those who do not see the path
        for source in self.sudo():
            if source.file and source.path:
                raise ValidationError(
                    self.env._("Either upload a file or give a path on the server, not both.")
                )
            if source.path and not os.path.isabs(source.path):
                raise ValidationError(self.env._("The path on the server must be absolute."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        self.env.registry.clear_cache()
        sources._check_file()
        return sources

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        if vals.keys() & {'file', 'path'}:
            self._check_file()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === ACTION METHODS === #

    def action_check(self):
        """Check the files again and open the tool that shows what each source says."""
        self._check_file()
        return self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_region.service_region_finder_action'
        )

    # === BUSINESS METHODS === #

    def _check_file(self):
        """Open the files anew and note what they are, or why they cannot be used."""
        for source in self:
            # sudo: ip.location.source - managers may check a source whose path they do not see
            handle = source.sudo()._get_handle()
            _readers.pop((self.env.cr.dbname, source.id), None)
            vals = {
                'state': 'draft',
                'message': False,
                'check_date': fields.Datetime.now(),
                'kind': False,
                'database_type': False,
                'ip_version': False,
                'build_date': False,
                'file_size': 0,
                'has_states': False,
            }
            if handle:
                try:
                    reader = ip_files.open_file(self._get_content(*handle[2:]))
                    reader.find(ip_table.parse('8.8.8.8'))
                    vals.update(
                        state='ready',
                        kind=reader.kind,
                        database_type=reader.database_type,
                        ip_version=str(reader.ip_version),
                        build_date=reader.date.date(),
                        file_size=reader.size / 1e6,
                        has_states=reader.has_states,
                    )
                except (ip_files.IpFileError, OSError) as error:
                    vals.update(state='error', message=self._get_error_message(error))
                except Exception as error:  # anything can be in a broken file
                    _logger.info("IP file of %s is broken", source.name, exc_info=True)
                    vals.update(state='error', message=str(error) or type(error).__name__)
            source.write(vals)

    @api.model
    def _get_error_message(self, error):
        """Return the text for people of an error from `ip_files.open_file`."""
        if isinstance(error, FileNotFoundError):
            return self.env._("There is no such file on the server.")
        if isinstance(error, OSError):
            return self.env._("The server cannot read the file: %s", error.strerror or error)
        if error.reason == 'format':
            return self.env._("Neither a MaxMind database (.mmdb) nor an ip2region file (.xdb).")
        if error.reason == 'no_country':
            return self.env._("The database “%(type)s” has no countries.", type=error.detail)
        return self.env._("The file is broken: %(detail)s", detail=error.detail)

    @api.model
    def _cron_check_files(self):
        """Check all files, so that the list shows when one has disappeared or broken."""
        self.search([('active', '=', True)])._check_file()

    @api.model
    def _get_finders(self):
        """Return ``(name, function)`` of each usable source, in their order.

        The function returns ``(country code, state code)`` of an ``ipaddress`` object.
        """
        get_codes = self.env['ip.location']._get_codes
        return [
            (name, lambda address, reader=reader: get_codes(reader.find(address)))
            for source_id, name, *place in self._get_handles()
            if (reader := self._get_reader(source_id, name, *place))
        ]

    @api.model
    @tools.ormcache()
    def _get_handles(self):
        # sudo: ip.location.source - visitors are located without seeing the sources
        return tuple(
            handle
            for source in self.sudo().search([('active', '=', True)])
            if (handle := source._get_handle())
        )

    def _get_handle(self):
        """Return ``(id, name, where, what)`` that leads to the file without a query, or None.

        ``where`` is 'path' (``what`` is the path), or 'attachment' (``what`` is its id and
        checksum, when attachments are stored in the database).
        """
        self.ensure_one()
        if self.path:
            return self.id, self.name, 'path', self.path
        attachment = self.env['ir.attachment'].search(
            [('res_model', '=', self._name), ('res_field', '=', 'file'), ('res_id', '=', self.id)],
            limit=1,
        )
        if not attachment:
            return None
        if attachment.store_fname:
            return self.id, self.name, 'path', attachment._full_path(attachment.store_fname)
        return self.id, self.name, 'attachment', (attachment.id, attachment.checksum)

    @api.model
    def _get_content(self, where, what):
        """Return what `ip_files.open_file` wants: the path or the content."""
        if where == 'path':
            return what
        # sudo: ir.attachment - the file of a source, read by the server only
        return self.env['ir.attachment'].sudo().browse(what[0]).raw

    @api.model
    def _get_reader(self, source_id, name, where, what):
        """Return the reader of a file, opened once per process, None when it cannot be used.

        A file that has been replaced is noticed by its inode, size and time.
        """
        try:
            stat = os.stat(what) if where == 'path' else None
            fingerprint = (what, stat and (stat.st_ino, stat.st_size, stat.st_mtime_ns))
            key = self.env.cr.dbname, source_id
            known, reader = _readers.get(key, (None, None))
            if known != fingerprint:
                _readers[key] = fingerprint, None  # a broken file is tried once, not each time
                reader = ip_files.open_file(self._get_content(where, what))
                _readers[key] = fingerprint, reader
        except Exception as error:  # a broken file must not stop a registration
            _logger.info("IP location source %s cannot be used: %s", name, error)
            return None
        return reader

    @api.model
    def _get_attributions(self):
        """Return the credits of the usable sources as ``(text, address)``."""
        # sudo: ip.location.source - whoever sees results must see the credits
        sources_sudo = self.sudo().search([('state', '=', 'ready'), ('attribution', '!=', False)])
        return [(source.attribution, source.attribution_url) for source in sources_sudo]
