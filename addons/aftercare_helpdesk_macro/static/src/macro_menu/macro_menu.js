import { Component, useRef, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { fuzzyLookup } from "@web/core/utils/search";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** The macros an agent can use for a ticket, found by typing. */
export class MacroMenu extends Component {
    static template = "aftercare_helpdesk_macro.MacroMenu";
    static components = { Dropdown, DropdownItem };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.inputRef = useRef("input");
        this.dropdown = useDropdownState();
        this.state = useState({ macros: [], query: "" });
        // The focus stays in the search box, the arrows move through the macros.
        this.navigationOptions = {
            virtualFocus: true,
            shouldFocusFirstItem: true,
            hotkeys: {
                enter: {
                    isAvailable: ({ navigator }) => navigator.items.length > 0,
                    callback: (navigator) =>
                        (navigator.activeItem || navigator.items[0]).select(),
                },
            },
        };
    }

    get record() {
        return this.props.record;
    }

    get found() {
        const { macros, query } = this.state;
        return query ? fuzzyLookup(query, macros, (macro) => `${macro.name} ${macro.summary}`) : macros;
    }

    async load() {
        this.state.query = "";
        this.state.macros = await this.orm.call("helpdesk.ticket", "get_macros", [
            [this.record.resId],
        ]);
    }

    onStateChanged(isOpen) {
        if (isOpen) {
            this.inputRef.el?.focus();
        }
    }

    onInput(ev) {
        this.state.query = ev.target.value;
    }

    apply(macro) {
        return this.run("action_apply_macro", macro);
    }

    preview(macro) {
        this.dropdown.close();
        return this.run("action_preview_macro", macro);
    }

    async run(method, macro) {
        // What the agent has typed so far belongs to the ticket the macro is applied to.
        if (!(await this.record.save())) {
            return;
        }
        const action = await this.orm.call("helpdesk.ticket", method, [
            [this.record.resId],
            macro.id,
        ]);
        if (action === true) {
            await this.record.load();
        } else {
            await this.action.doAction(action, { onClose: () => this.record.load() });
        }
    }

    manage() {
        return this.action.doAction("aftercare_helpdesk_macro.helpdesk_macro_action");
    }
}

export const macroMenu = {
    component: MacroMenu,
};

registry.category("view_widgets").add("helpdesk_macros", macroMenu);
