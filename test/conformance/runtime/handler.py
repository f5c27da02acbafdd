"""A function on awslambdaric, AWS's runtime interface client for Python."""
import os
import time


def handler(event, context):
    if event.get("do") == "fail":
        raise ValueError("no bananas")
    if event.get("do") == "exit":
        os._exit(3)
    while event.get("do") == "hang":
        time.sleep(60)
    return {
        "echo": event.get("echo"), "requestId": context.aws_request_id, "arn": context.invoked_function_arn,
        "name": context.function_name, "version": context.function_version, "memory": int(context.memory_limit_in_mb),
        "logGroup": context.log_group_name, "remaining": context.get_remaining_time_in_millis(),
        "trace": os.environ.get("_X_AMZN_TRACE_ID", ""), "pid": os.getpid(), "text": "x" * event.get("size", 0),
    }
