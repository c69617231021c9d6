"""Databases, monitoring, and stores of secrets. Formats: the providers' documentation."""

from __future__ import annotations

from packgate.guard.detector import Detector
from packgate.guard.tables.rows import END, named, token

DATABASES = "database-credentials"
MONITORING = "monitoring-keys"
STORES = "secret-store-tokens"

# What stands before `://`, with the drivers that SQLAlchemy and others put behind a plus sign.
_SCHEMES = (
    "postgres", "postgresql", "mysql", "mariadb", "mongodb", "redis", "rediss", "amqp", "amqps", "mssql", "sqlserver", "clickhouse", "cockroachdb",
    "snowflake", "oracle", "db2", "neo4j", "neo4j[+]s", "bolt", "cassandra", "couchdb", "elasticsearch", "nats", "ldap", "ldaps", "[+]srv", "[+]asyncpg",
    "[+]psycopg", "[+]psycopg2", "[+]pymysql", "[+]aiomysql", "[+]mysqldb", "[+]pyodbc", "[+]oracledb", "[+]cx_oracle",
)
_BEHIND_SCHEME = "(?:" + "|".join(f"(?<={scheme})" for scheme in _SCHEMES) + ")"

ROWS: tuple[Detector, ...] = (
    Detector("database-url", "Password in the URL of a database",
             _BEHIND_SCHEME + r"://[^\s:@/'\"<>]{0,128}:(?P<secret>[^\s@/'\"<>${}\\]{3,256})@[\w.%-]",
             words=("://",), check="password", groups=(DATABASES,), short=True),
    Detector("connection-string", "Password in a connection string",
             r"(?i:password|pwd)[ \t]?=[ \t]?(?P<secret>[^\s;'\"<>${}%*]{6,128}|\{[^\s;'\"{}]{6,128}\});",
             words=("password", "pwd"), check="password", groups=(DATABASES,), short=True),
    Detector("cloudinary-url", "Secret in a Cloudinary URL", r"cloudinary://\d{10,16}:(?P<secret>[A-Za-z0-9_-]{20,40})@", words=("cloudinary://",),
             check="digits", groups=(DATABASES,)),
    token("planetscale-password", "PlanetScale password or token", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,64}", "pscale_", group=DATABASES),
    token("neon-key", "Neon key", r"napi_[a-z0-9]{60,70}", "napi_", group=DATABASES),
    token("mongodb-atlas-secret", "MongoDB Atlas client secret", r"mdb_sa_sk_[A-Za-z0-9_-]{40}", "mdb_sa_sk_", group=DATABASES),
    token("redis-key", "Aiven and Redis Cloud tokens", r"AVNS_[A-Za-z0-9_-]{15,30}", "AVNS_", group=DATABASES),
    token("elastic-key", "Elastic Cloud key", r"essu_[A-Za-z0-9_=-]{50,100}", "essu_", group=DATABASES),
    named("confluent-secret", "Confluent secret", r"[A-Za-z0-9/+]{64}", "confluent", group=DATABASES),
    token("sentry-token", "Sentry token", r"sntrys_eyJ[A-Za-z0-9+/=_-]{80,500}|sntryu_[a-f0-9]{64}", "sntrys_", "sntryu_", group=MONITORING),
    token("newrelic-key", "New Relic key", r"NRAK-[A-Z0-9]{27}|NRII-[A-Za-z0-9_-]{32}|NRJS-[a-f0-9]{19}|NRRA-[a-f0-9]{42}|NRAL-[A-Za-z0-9]{32}", "NRAK-", "NRII-", "NRJS-",
          "NRRA-", "NRAL-", group=MONITORING),
    token("grafana-token", "Grafana token", r"glc_eyJ[A-Za-z0-9+/=]{60,400}|glsa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8}|eyJrIjoi[A-Za-z0-9+/]{60,400}={0,2}", "glc_eyJ", "glsa_", "eyJrIjoi",
          group=MONITORING),
    token("dynatrace-token", "Dynatrace token", r"dt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}", "dt0", group=MONITORING),
    token("honeycomb-key", "Honeycomb key", r"hc[abi][im]k_[a-z0-9]{58,64}", "hcaik_", "hcbik_", "hcamk_", "hcxik_", group=MONITORING),
    named("datadog-key", "Datadog key", r"[a-f0-9]{40}|[a-f0-9]{32}", "datadog", "dd_api_key", "dd_app_key", "dd-api-key", group=MONITORING),
    named("pagerduty-token", "PagerDuty token", r"[uy]\+[A-Za-z0-9_+-]{18}|[a-f0-9]{32}", "pagerduty", group=MONITORING, check="digits"),
    named("rollbar-token", "Rollbar token", r"[a-f0-9]{32}", "rollbar", group=MONITORING),
    named("bugsnag-key", "Bugsnag key", r"[a-f0-9]{32}", "bugsnag", group=MONITORING),
    named("fastly-token", "Fastly token", r"[A-Za-z0-9_-]{32}", "fastly", group=MONITORING),
    token("vault-token", "Vault token", r"hv[sbr]\.[A-Za-z0-9_-]{20,300}", "hvs.", "hvb.", "hvr.", group=STORES),
    token("doppler-token", "Doppler token", r"dp\.(?:pt|ct|sa|scim|audit|said)\.[A-Za-z0-9]{40,44}|dp\.st\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}", "dp.", group=STORES),
    token("onepassword-token", "1Password token or secret key", r"ops_eyJ[A-Za-z0-9_+/=-]{250,1500}|A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}",
          "ops_eyJ", "A3-", group=STORES),
    token("infisical-token", "Infisical token", r"st\.[a-f0-9]{24}\.[a-f0-9]{32}\.[a-f0-9]{32}", "st.", group=STORES),
    Detector("age-key", "age secret key", rf"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{{58}}{END}", starts=("AGE-SECRET-KEY-1",), check="digits",
             groups=(STORES, "private-keys")),
)
