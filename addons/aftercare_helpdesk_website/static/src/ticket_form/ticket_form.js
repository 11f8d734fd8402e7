import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * Makes the public ticket form comfortable: the chosen files as a list to remove from, dropping
 * files, counting characters, one submission per click. Without it the form works all the same.
 */
export class TicketForm extends Interaction {
    static selector = ".o_ticket_form";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        _window: { "t-on-pageshow": this.onPageShow },
        "#subject, #description": { "t-on-input": this.updateCounters },
        "#attachments": { "t-on-change": this.onChooseFiles },
        ".o_ticket_files": { "t-on-click": this.onClickList },
        ".o_ticket_drop": {
            "t-on-dragenter.prevent": () => (this.isDragged = true),
            "t-on-dragover.prevent": () => (this.isDragged = true),
            "t-on-dragleave": () => (this.isDragged = false),
            "t-on-drop.prevent": this.onDrop,
            "t-att-class": () => ({ o_dragged: this.isDragged, o_enhanced: true }),
        },
        ".o_ticket_drop_text": { "t-att-class": () => ({ "d-none": false }) },
        "#attachments ": { "t-att-class": () => ({ "visually-hidden": true }) },
    };

    setup() {
        this.isDragged = false;
        this.inputEl = this.el.querySelector("#attachments");
        this.files = this.inputEl ? [...this.inputEl.files] : [];
    }

    start() {
        this.updateCounters();
        this.renderFiles([]);
        document.getElementById("form_errors")?.focus();
    }

    // === SUBMIT === //

    onSubmit() {
        this.el.querySelector(".o_ticket_submit").classList.add("disabled");
    }

    onPageShow() {
        // Back from the next page: the browser shows this one as it was left
        this.el.querySelector(".o_ticket_submit").classList.remove("disabled");
    }

    // === COUNTERS === //

    updateCounters() {
        for (const counterEl of this.el.querySelectorAll(".o_ticket_counter")) {
            const max = parseInt(counterEl.dataset.max);
            // Like the server, count characters and not the two halves of a picture
            const length = [...this.el.querySelector(`#${counterEl.dataset.for}`).value].length;
            counterEl.textContent = `${length} / ${max}`;
            counterEl.classList.toggle("d-none", length < max * 0.7);
            counterEl.classList.toggle("text-danger", length > max);
        }
    }

    // === FILES === //

    onChooseFiles() {
        this.addFiles(this.inputEl.files);
    }

    onDrop(ev) {
        this.isDragged = false;
        this.addFiles(ev.dataTransfer.files);
    }

    onClickList(ev) {
        const buttonEl = ev.target.closest("button");
        if (!buttonEl) {
            return;
        }
        const index = [...this.el.querySelectorAll(".o_ticket_files button")].indexOf(buttonEl);
        this.files.splice(index, 1);
        this.renderFiles([]);
        const buttonEls = this.el.querySelectorAll(".o_ticket_files button");
        (buttonEls[Math.min(index, buttonEls.length - 1)] || this.inputEl).focus();
    }

    /**
     * @param {Iterable<File>} files
     */
    addFiles(files) {
        const { maxFiles, maxSize, types } = this.inputEl.dataset;
        const errors = [];
        for (const file of files) {
            const extension = file.name.split(".").pop().toLowerCase();
            if (this.files.some((known) => known.name === file.name && known.size === file.size)) {
                continue;
            }
            if (!types.split(",").includes(extension)) {
                errors.push(_t("“%s” is of a type we do not accept.", file.name));
            } else if (file.size > maxSize) {
                errors.push(
                    _t("“%(name)s” is too large: %(size)s.", {
                        name: file.name,
                        size: this.formatSize(file.size),
                    })
                );
            } else if (this.files.length >= maxFiles) {
                errors.push(_t("“%(name)s” is one too many: at most %(count)s files.", {
                    name: file.name,
                    count: maxFiles,
                }));
            } else {
                this.files.push(file);
            }
        }
        this.renderFiles(errors);
    }

    /**
     * @param {string[]} errors
     */
    renderFiles(errors) {
        if (!this.inputEl) {
            return;
        }
        const transfer = new DataTransfer();
        this.files.forEach((file) => transfer.items.add(file));
        this.inputEl.files = transfer.files;
        const listEl = this.el.querySelector(".o_ticket_files");
        listEl.replaceChildren(...this.files.map((file) => this.createFileEl(file)));
        const errorsEl = this.el.querySelector(".o_ticket_files_errors");
        errorsEl.replaceChildren(
            ...errors.map((error) => this.createEl("div", "invalid-feedback d-block", error))
        );
    }

    createFileEl(file) {
        const itemEl = this.createEl("li", "d-flex align-items-center gap-2 py-1");
        const nameEl = this.createEl("bdi", "text-truncate", file.name);
        const sizeEl = this.createEl("span", "text-muted small text-nowrap me-auto");
        sizeEl.textContent = this.formatSize(file.size);
        const buttonEl = this.createEl("button", "btn btn-sm btn-light");
        buttonEl.type = "button";
        buttonEl.title = _t("Remove “%s”", file.name);
        buttonEl.setAttribute("aria-label", buttonEl.title);
        buttonEl.append(this.createEl("i", "fa fa-times"));
        itemEl.append(this.createEl("i", "fa fa-paperclip text-muted"), nameEl, sizeEl, buttonEl);
        return itemEl;
    }

    createEl(tag, className, text) {
        const el = document.createElement(tag);
        el.className = className;
        el.textContent = text || "";
        return el;
    }

    formatSize(size) {
        const megabytes = size / (1024 * 1024);
        return megabytes < 1 ? `${Math.max(1, Math.round(size / 1024))} KB` : `${megabytes.toFixed(1)} MB`;
    }
}

registry
    .category("public.interactions")
    .add("aftercare_helpdesk_website.ticket_form", TicketForm);
