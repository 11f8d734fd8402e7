import { Interaction } from '@web/public/interaction';
import { registry } from '@web/core/registry';

/** Says what is left of the amount after the fee, while it is typed. */
export class WithdrawForm extends Interaction {
    static selector = '.o_wallet_withdraw_form';
    dynamicContent = {
        'input[name="amount"]': { 't-on-input': () => {} },
        '.o_wallet_withdraw_preview': { 't-att-class': () => ({ 'd-none': this.net === null }) },
        '.o_wallet_withdraw_net': { 't-out': () => this.net ?? '' },
    };

    get net() {
        const text = this.el.querySelector('input[name="amount"]').value.trim();
        const digits = parseInt(this.el.dataset.digits);
        if (!/^[0-9]{1,12}([.,][0-9]+)?$/.test(text)) {
            return null;
        }
        const amount = parseFloat(text.replace(',', '.'));
        const unit = 10 ** digits;
        // Half a cent is rounded up, as the server does.
        const share = Math.round((amount * parseFloat(this.el.dataset.percent || 0) * unit) / 100 + 1e-6) / unit;
        const fee = Math.max(share, parseFloat(this.el.dataset.feeMin || 0));
        return amount > fee ? (amount - fee).toFixed(digits) : null;
    }
}

/** Asks for the bank only when there is one. */
export class PayeeForm extends Interaction {
    static selector = '.o_wallet_payee_form';
    dynamicContent = {
        'select[name="kind"]': { 't-on-change': () => {} },
        '.o_wallet_payee_bank': { 't-att-class': () => ({ 'd-none': !this.isBank }) },
    };

    get isBank() {
        return this.el.querySelector('select[name="kind"]').value === 'bank';
    }
}

registry.category('public.interactions').add('aftercare_wallet.withdraw_form', WithdrawForm);
registry.category('public.interactions').add('aftercare_wallet.payee_form', PayeeForm);
