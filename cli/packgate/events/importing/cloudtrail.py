"""CloudTrail: log files (`{"Records": [...]}`, gzip too), what `aws cloudtrail lookup-events` prints, or an event a line.

As documented (docs.aws.amazon.com, CloudTrail record contents): `eventID`, `eventTime`, `eventSource`, `eventName`, `eventType`,
`requestParameters`, `userIdentity`, `errorCode`, `userAgent`. An API call says what was done, not with which command: the command of
the AWS CLI that makes the same call stands for it, and the event says that it was reconstructed.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from packgate.events.importing.found import DENIED, FAILED, NO_ACTION, RAN, RECONSTRUCTED, Found
from packgate.events.importing.texts import decoded, mapping, objects, text
from packgate.hook.dialects.payload import shell
from packgate.times import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.events.importing.source import Source

KNOWN = "CloudTrail events (log files, lookup-events, or JSON lines)"
# What the CLI calls a service, where that is not the first part of `eventSource`.
_SERVICES = {
    "s3": "s3api", "monitoring": "cloudwatch", "elasticloadbalancing": "elbv2", "email": "ses", "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi", "application-autoscaling": "application-autoscaling", "cognito-idp": "cognito-idp",
}
# Parameters that the CLI calls otherwise than the event.
_PARAMETERS = {"bucketName": "bucket", "dBInstanceIdentifier": "db-instance-identifier", "dBClusterIdentifier": "db-cluster-identifier"}
_DENIED = re.compile(r"AccessDenied|Unauthorized|Forbidden")
# Of some services the name of a call ends in the version of its interface.
_VERSION = re.compile(r"(\d{8}|\d{4}_\d{2}_\d{2})(v\d)?$")


def read(source: Source) -> Iterator[Found]:
    """See the package."""
    for line, value in source.values():
        for entry in _entries(value):
            if isinstance(entry, dict) and isinstance(entry.get("eventName"), str) and isinstance(entry.get("eventSource"), str):
                yield _entry(line, entry)
            else:
                source.damaged(line, "not an event of CloudTrail: eventSource and eventName are missing")


def _entries(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return [value]
    if isinstance(value.get("Records"), list):
        return list(value["Records"])
    if isinstance(value.get("Events"), list):
        return [decoded(each.get("CloudTrailEvent")) for each in objects(value, "Events")]
    return [value]


def _entry(line: int, entry: dict[str, Any]) -> Found:
    identity = mapping(entry, "userIdentity")
    service = entry["eventSource"].partition(".")[0]
    arn = text(identity, "arn") or ""
    found = Found(
        str(entry.get("eventID") or f"line {line} {entry.get('eventTime')}"), line, time=moment(str(entry.get("eventTime"))),
        session=text(identity, "principalId"), user=text(identity, "userName") or arn.rpartition("/")[2] or text(identity, "type"),
        version=text(entry, "eventVersion"), tool=f"{service}:{entry['eventName']}",
    )
    error = text(entry, "errorCode")
    found.result = RAN if error is None else DENIED if _DENIED.search(error) else FAILED
    if entry.get("eventType", "AwsApiCall") != "AwsApiCall" or identity.get("type") == "AWSService" or identity.get("invokedBy"):
        found.cannot(NO_ACTION)
        return found
    words = ["aws", _SERVICES.get(service, service), _dashed(_VERSION.sub("", entry["eventName"]))]
    for name, value in sorted(mapping(entry, "requestParameters").items()):
        words += _option(name, value)
    region = text(entry, "awsRegion")
    found.actions = [shell(shlex.join([*words, "--region", region] if region else words))]
    found.parts = (RECONSTRUCTED,)
    return found


def _option(name: str, value: Any) -> list[str]:
    """A parameter as the option of the CLI that sets it."""
    flag = f"--{_PARAMETERS.get(name) or _dashed(name)}"
    if value is None or value is False:
        return []
    if value is True:
        return [flag]
    if isinstance(value, dict):
        items = objects(value, "items")
        keys = {key for item in items for key in item}
        if items and len(keys) == 1:
            # `instancesSet: {items: [{instanceId: …}]}` is `--instance-ids …`.
            (key,) = keys
            return [f"--{_dashed(key)}s", *(str(item[key]) for item in items)]
        return [flag, json.dumps(value, sort_keys=True)]
    if isinstance(value, list):
        plain = all(isinstance(item, (str, int)) for item in value)
        return [flag, *(str(item) for item in value)] if plain else [flag, json.dumps(value, sort_keys=True)]
    return [flag, str(value)]


def _dashed(name: str) -> str:
    """`DescribeDBInstances` as `describe-db-instances`."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1-\2", name)).lower()
