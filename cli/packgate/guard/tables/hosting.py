"""Code hosts, package registries and continuous integration. Formats: the providers' documentation."""

from __future__ import annotations

from packgate.guard.detector import Detector
from packgate.guard.tables.rows import END, named, token

HOSTS = "code-host-tokens"
REGISTRIES = "package-registry-tokens"

ROWS: tuple[Detector, ...] = (
    token("github-token", "GitHub token", r"gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
          "github_pat_", group=HOSTS, check="crc32"),
    token("github-app-token", "GitHub token of an app, long form", r"gh[us]_[A-Za-z0-9]{37,255}|ghs_[0-9]{1,12}_eyJ[A-Za-z0-9_.-]{50,1024}", "ghu_", "ghs_",
          group=HOSTS),
    token("gitlab-token", "GitLab token", r"gl(?:pat|dt|rt|ptt|ft|soat|imt|agent|oas|ffct|wt)-[A-Za-z0-9_-]{20,64}(?:\.[A-Za-z0-9_.-]{9,30})?|glcbt-[A-Za-z0-9]{1,5}_[A-Za-z0-9_-]{20,64}"
          r"|glrtr-[A-Za-z0-9_-]{20,64}|GR1348941[A-Za-z0-9_-]{20}",
          "glpat-", "gldt-", "glrt-", "glptt-", "glft-", "glsoat-", "glimt-", "glagent-", "gloas-", "glffct-", "glwt-", "glcbt-", "glrtr-", "GR1348941",
          group=HOSTS),
    token("bitbucket-token", "Bitbucket token", r"ATBB[A-Za-z0-9]{32}|ATCTT3xFfG[A-Za-z0-9_=-]{100,250}", "ATBB", "ATCTT3xFfG", group=HOSTS),
    token("sourcegraph-token", "Sourcegraph token", r"sgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}", "sgp_", group=HOSTS),
    token("npm-token", "npm token", r"npm_[A-Za-z0-9]{36}", "npm_", group=REGISTRIES, check="crc32"),
    token("pypi-token", "PyPI token", r"pypi-(?:AgEIcHlwaS5vcmc|AgENdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{50,1000}", "pypi-", group=REGISTRIES),
    token("rubygems-key", "RubyGems key", r"rubygems_[a-f0-9]{48}", "rubygems_", group=REGISTRIES),
    token("crates-token", "crates.io token", r"cio[A-Za-z0-9]{32}", "cio", group=REGISTRIES, check="mixed"),
    token("nuget-key", "NuGet key", r"oy2[a-z0-9]{43}", "oy2", group=REGISTRIES, check="mixed"),
    token("docker-hub-token", "Docker Hub token", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,32}", "dckr_pat_", "dckr_oat_", group=REGISTRIES),
    token("clojars-token", "Clojars token", r"CLOJARS_[a-z0-9]{60}", "CLOJARS_", group=REGISTRIES),
    token("packagist-token", "Private Packagist token", r"packagist_(?:org_read|org_write|user|ac[kt]|o[ru]t|uut)_[a-f0-9]{68}", "packagist_", group=REGISTRIES),
    token("artifactory-token", "Artifactory token", r"AKCp[A-Za-z0-9]{69,73}|cmVmdGtu[A-Za-z0-9]{56,72}", "AKCp", "cmVmdGtu", group=REGISTRIES),
    Detector("npmrc-token", "Token or password of an npm registry", rf"_(?i:authtoken|auth|password)[ \t]{{0,4}}=[ \t]{{0,4}}[\"']?(?P<secret>[A-Za-z0-9+/_.=-]{{16,512}}){END}",
             words=("_authtoken", "_auth", "_password"), check="mixed", groups=(REGISTRIES,)),
    token("circleci-token", "CircleCI token", r"CCI(?:PAT|PRJ)_[A-Za-z0-9]{20,24}_[a-f0-9]{40}", "CCIPAT_", "CCIPRJ_", group=HOSTS),
    token("buildkite-token", "Buildkite token", r"bk(?:ua|aa|aj|at|ct|pt|rt)_[a-z0-9]{40}", "bkua_", "bkaa_", "bkaj_", "bkat_", "bkct_", "bkpt_", "bkrt_", group=HOSTS),
    token("sonar-token", "SonarQube token", r"sq[upa]_[a-f0-9]{40}", "squ_", "sqp_", "sqa_", group=HOSTS),
    token("jetbrains-token", "JetBrains Hub token", r"perm[:-][A-Za-z0-9+/=]{4,100}\.[A-Za-z0-9+/=]{2,100}\.[A-Za-z0-9]{30}", "perm:", "perm-", group=HOSTS),
    token("harness-token", "Harness token", r"(?:pat|sat)\.[A-Za-z0-9_-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20}", "pat.", "sat.", group=HOSTS),
    token("prefect-key", "Prefect key", r"pn[ub]_[A-Za-z0-9]{36}", "pnu_", "pnb_", group=HOSTS),
    token("deno-token", "Deno Deploy token", r"dd[pow]_[A-Za-z0-9]{36}", "ddp_", "ddo_", "ddw_", group=HOSTS),
    token("expo-token", "Expo token", r"expo_[A-Za-z0-9_-]{40}", "expo_", group=HOSTS),
    named("snyk-token", "Snyk token", r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "snyk", group=HOSTS, check="spread"),
    named("codecov-token", "Codecov token", r"[a-z0-9]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "codecov", group=HOSTS, check="spread"),
)
