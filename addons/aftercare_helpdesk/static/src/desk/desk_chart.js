import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";

/** Tickets that came in and tickets that were closed, day by day. */
export class DeskChart extends Component {
    static template = "aftercare_helpdesk.DeskChart";
    static props = { days: Array };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.renderChart(),
            () => [this.props.days]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get description() {
        return this.props.days
            .map((day) => `${day.date}: ${day.created} / ${day.closed}`)
            .join(", ");
    }

    renderChart() {
        const data = this.chartData;
        if (this.chart) {
            this.chart.data = data;
            this.chart.update("none");
            return;
        }
        const isRtl = localization.direction === "rtl";
        const isDark = cookie.get("color_scheme") === "dark";
        const textColor = isDark ? "#adb5bd" : "#6c757d";
        const gridColor = isDark ? "rgba(255,255,255,.1)" : "rgba(0,0,0,.06)";
        // eslint-disable-next-line no-undef
        this.chart = new Chart(this.canvas.el, {
            type: "bar",
            data,
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: {
                        rtl: isRtl,
                        align: "end",
                        labels: { boxWidth: 10, boxHeight: 10, color: textColor },
                    },
                    tooltip: { rtl: isRtl },
                },
                scales: {
                    x: {
                        reverse: isRtl,
                        grid: { display: false },
                        ticks: { color: textColor, maxRotation: 0, autoSkipPadding: 12 },
                    },
                    y: {
                        beginAtZero: true,
                        position: isRtl ? "right" : "left",
                        grid: { color: gridColor },
                        ticks: { color: textColor, precision: 0, maxTicksLimit: 6 },
                    },
                },
            },
        });
    }

    get chartData() {
        const scheme = cookie.get("color_scheme");
        return {
            labels: this.props.days.map((day) =>
                luxon.DateTime.fromISO(day.date).toLocaleString({ day: "numeric", month: "short" })
            ),
            datasets: [
                {
                    label: _t("Came in"),
                    data: this.props.days.map((day) => day.created),
                    backgroundColor: getColor(0, scheme, 2),
                    borderRadius: 3,
                    categoryPercentage: 0.7,
                },
                {
                    label: _t("Closed"),
                    data: this.props.days.map((day) => day.closed),
                    backgroundColor: getColor(2, scheme, 3),
                    borderRadius: 3,
                    categoryPercentage: 0.7,
                },
            ],
        };
    }
}
