"""Addresses of the bank, of aid and of the desk (part of `rent_ledger.urls`)."""

from django.urls import URLPattern, path

from rent_ledger.views import bank, benefits, payments

urlpatterns: list[URLPattern] = [
    path("banque/", bank.inbox, name="bank"),
    path("banque/accepter/", bank.accept_all, name="bank_accept_all"),
    path("banque/releves/", bank.statements, name="bank_statements"),
    path("banque/releves/deposer/", bank.upload, name="bank_upload"),
    path("banque/releves/<int:pk>/", bank.inbox, name="bank_statement"),
    path("banque/releves/<int:pk>/accepter/", bank.confirm, name="bank_confirm"),
    path("banque/lignes/<int:pk>/accepter/", bank.accept, name="bank_accept"),
    path("banque/lignes/<int:pk>/placer/", bank.place, name="bank_place"),
    path("banque/lignes/<int:pk>/menages/", bank.payees, name="bank_payees"),
    path("banque/lignes/<int:pk>/laisser/", bank.leave, name="bank_leave"),
    path("banque/lignes/<int:pk>/annuler/", bank.undo, name="bank_undo"),
    path("aides/", benefits.benefits, name="benefits"),
    path("aides/colonnes/<str:digest>/", benefits.columns, name="benefit_columns"),
    path("aides/bordereaux/<int:pk>/", benefits.benefit_statement, name="benefit_statement"),
    path("aides/lignes/<int:pk>/imputer/", benefits.benefit_assign, name="benefit_assign"),
    path("aides/lignes/<int:pk>/suivre/", benefits.benefit_follow, name="benefit_follow"),
    path("baux/<int:lease_id>/aides/", benefits.rights, name="benefit_rights"),
    path("baux/<int:lease_id>/aides/<int:pk>/terminer/", benefits.right_end, name="benefit_right_end"),
    path("baux/<int:lease_id>/aides/solder/", benefits.settle, name="benefit_settle"),
    path("encaissements/", payments.payments, name="payments"),
    path("encaissements/<int:pk>/", payments.payment, name="payment"),
    path("encaissements/<int:pk>/recu/", payments.payment_receipt_pdf, name="payment_receipt"),
    path("encaissements/<int:pk>/annuler/", payments.payment_cancel, name="payment_cancel"),
]
