import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

const STATE_COLORS = {
    ongoing: "#4ea7f2",
    paused: "#adb5bd",
    reached: "#28a745",
    failed: "#dc3545",
    cancelled: "#dee2e6",
};

/** Kept promises are green and missed ones red, whichever is drawn first. */
export class SlaStatusGraphRenderer extends GraphRenderer {
    getBarChartData() {
        const data = super.getBarChartData();
        const states = new Map(
            this.model.metaData.fields.state.selection.map(([state, label]) => [label, state])
        );
        for (const dataset of data.datasets) {
            const color = STATE_COLORS[states.get(dataset.label)];
            if (color) {
                dataset.backgroundColor = color;
            }
        }
        return data;
    }

    formatValue(value, allIntegers, formatType) {
        return super.formatValue(value, allIntegers || Number.isInteger(value), formatType);
    }
}

registry
    .category("views")
    .add("sla_status_graph", { ...graphView, Renderer: SlaStatusGraphRenderer });
