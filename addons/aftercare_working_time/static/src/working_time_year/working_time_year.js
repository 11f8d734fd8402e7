import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

const { DateTime, Info } = luxon;

// Persian and other locales would name the days of their own calendar, whose months begin elsewhere.
const GREGORIAN = { calendar: "gregory" };

/** The twelve months of a working schedule, each day coloured by what it is. */
export class WorkingTimeYear extends Component {
    static template = "aftercare_working_time.WorkingTimeYear";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ year: DateTime.now().year, overview: null });
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((nextProps) => this.load(nextProps.record.resId));
    }

    async load(calendarId) {
        if (!calendarId) {
            this.state.overview = null;
            return;
        }
        this.state.overview = await this.orm.call("resource.calendar", "get_year_overview", [
            [calendarId],
            this.state.year,
        ]);
    }

    async changeYear(step) {
        this.state.year += step;
        await this.load(this.props.record.resId);
    }

    async openDay(day) {
        if (!this.state.overview.can_edit) {
            return;
        }
        await this.props.record.save();
        const calendarId = this.props.record.resId;
        const action = await this.orm.call("resource.calendar", "action_open_day", [
            [calendarId],
            day.iso,
        ]);
        await this.action.doAction(action, {
            onClose: async () => {
                await this.props.record.load();
                await this.load(calendarId);
            },
        });
    }

    get weekdays() {
        const names = Info.weekdays("narrow");
        const first = localization.weekStart - 1;
        return [...names.slice(first), ...names.slice(0, first)];
    }

    get months() {
        return Array.from({ length: 12 }, (_, index) => {
            const start = DateTime.local(this.state.year, index + 1, 1);
            const blanks = (start.weekday - localization.weekStart + 7) % 7;
            return {
                name: start.toLocaleString({ month: "long", ...GREGORIAN }),
                blanks: Array.from({ length: blanks }, (_, blank) => blank),
                days: Array.from({ length: start.daysInMonth }, (_, offset) =>
                    this.getDay(start.plus({ days: offset }))
                ),
            };
        });
    }

    get yearLabel() {
        return DateTime.local(this.state.year, 1, 1).toLocaleString({ year: "numeric", ...GREGORIAN });
    }

    get legend() {
        const { totals } = this.state.overview;
        return [
            { kind: "work", label: _t("%s working days", totals.work) },
            { kind: "makeup", label: _t("%s make-up workdays", totals.makeup) },
            { kind: "holiday", label: _t("%s public holidays", totals.holiday) },
            { kind: "off", label: _t("%s days off", totals.off) },
        ];
    }

    get hoursLabel() {
        const hours = formatFloat(this.state.overview.totals.hours, {
            digits: [16, 1],
            trailingZeros: false,
        });
        return _t("%s hours in the year", hours);
    }

    getDay(date) {
        const iso = date.toISODate();
        const { kind, text } = this.state.overview.days[iso];
        const isToday = iso === this.state.overview.today;
        const title = [date.toLocaleString(DateTime.DATE_HUGE), text].filter(Boolean).join("\n");
        return {
            iso,
            title,
            number: date.toLocaleString({ day: "numeric", ...GREGORIAN }).replace(/\D+$/, ""),
            className: `o_wt_day o_wt_${kind}${isToday ? " o_wt_today" : ""}`,
        };
    }
}

export const workingTimeYear = { component: WorkingTimeYear };

registry.category("view_widgets").add("working_time_year", workingTimeYear);
