"""The plain way to read a trail: `read_trail.py FILE.json.gz ...`.

Names who made which resources of EC2, a line for each record, with Python's standard library alone. It knows the four
operations that make something in bench/make-trail.ts, where the ids stand in their records, and nothing else.
"""

import gzip
import json
import sys


def ids_of(name, response):
    if name == "RunInstances":
        return [item["instanceId"] for item in response["instancesSet"]["items"]]
    if name == "CreateVolume":
        return [response["volumeId"]]
    if name == "CreateSnapshot":
        return [response["snapshotId"]]
    if name == "CreateNatGateway":
        return [response["CreateNatGatewayResponse"]["natGateway"]["natGatewayId"]]
    return []


for path in sys.argv[1:]:
    with gzip.open(path) as file:
        records = json.load(file)["Records"]
    for record in records:
        if record["eventSource"] != "ec2.amazonaws.com" or record.get("errorCode"):
            continue
        response = record["responseElements"]
        ids = ids_of(record["eventName"], response) if response else []
        if ids:
            identity = record["userIdentity"]
            who = identity.get("arn", identity.get("invokedBy", "")).split("/")[-1]
            print(json.dumps({"at": record["eventTime"], "who": who, "resources": ids}))
