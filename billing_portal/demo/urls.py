"""Addresses that there are in the demo alone."""

from django.urls import path

from billing_portal.demo import mail_pages

urlpatterns = [
    path("mail/", mail_pages.mails, name="demo_mails"),
    path("mail/<slug:key>/", mail_pages.mail, name="demo_mail"),
    path("mail/<slug:key>/body/", mail_pages.mail_body, name="demo_mail_body"),
]
