import { registry } from "@web/core/registry";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";

import { onMounted, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";

// Buttons of this class step back behind "More" where the stages would lose their room.
const LESS_USED = "o_helpdesk_less_used";
const WIDE_HEADER = 1200;

/** Tells the buttons of the header which of them are used less. */
export class HelpdeskTicketFormCompiler extends FormCompiler {
    compileHeader() {
        const statusBar = super.compileHeader(...arguments);
        for (const slot of statusBar.querySelectorAll("StatusBarButtons > t")) {
            const className = slot.firstElementChild?.getAttribute("className") || "";
            slot.setAttribute("isLessUsed", className.includes(LESS_USED) ? "true" : "false");
        }
        return statusBar;
    }
}

/** The buttons of the header; in a narrow one those that are used less are in a menu. */
export class HelpdeskTicketButtons extends StatusBarButtons {
    static template = "aftercare_helpdesk.TicketButtons";

    setup() {
        this.root = useRef("root");
        this.state = useState({ isWide: true });
        const observer = new ResizeObserver(([entry]) => {
            this.state.isWide = entry.contentRect.width >= WIDE_HEADER;
        });
        onMounted(() => observer.observe(this.root.el.parentElement));
        onWillUnmount(() => observer.disconnect());
        // The stages look for their room when the window changes; here it does not.
        useEffect(
            () => {
                window.dispatchEvent(new Event("resize"));
            },
            () => [this.state.isWide]
        );
    }

    get mainSlotNames() {
        return this.visibleSlotNames.filter((name) => !this.lessUsedSlotNames.includes(name));
    }

    get lessUsedSlotNames() {
        const names = this.visibleSlotNames.filter((name) => this.props.slots[name].isLessUsed);
        // A menu of one is no gain.
        return this.state.isWide || names.length < 2 ? [] : names;
    }
}

export class HelpdeskTicketFormRenderer extends FormRenderer {
    static components = { ...FormRenderer.components, StatusBarButtons: HelpdeskTicketButtons };
}

registry.category("views").add("helpdesk_ticket_form", {
    ...formView,
    Compiler: HelpdeskTicketFormCompiler,
    Renderer: HelpdeskTicketFormRenderer,
});
