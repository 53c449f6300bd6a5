//! Talks to a Flawless server through the public Rust client, as a user's Rust program would.
//!
//! `rust-client URL TOKEN|- MODULE.wasm`, where the module is the `conformance` fixture. Each result
//! is a line of JSON on standard output: `{"step": text, "ok": value}` or `{"step": text, "error":
//! text}`. The exit code is 0 when every step could be tried, so that the reader judges the
//! results; it is 1 after a failed deployment, which leaves nothing to start, and 2 for wrong
//! arguments.

use std::{env, fs, process::ExitCode};

use flawless::message;
use flawless_utils::{DeployedModule, Server, WorkflowRef};
use serde_json::{json, Value};

#[message("finish")]
struct Finish {}

#[message("approve")]
struct Approve {
    by: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [url, token, path] = arguments.as_slice() else {
        eprintln!("usage: rust-client URL TOKEN|- MODULE.wasm");
        return ExitCode::from(2);
    };
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("can't read {path}: {error}");
            return ExitCode::from(2);
        }
    };
    let token = (token != "-").then_some(token.as_str());
    // The client wants bytes that live as long as the program does.
    let module = match Server::new(url, token)
        .deploy(Box::leak(bytes.into_boxed_slice()))
        .await
    {
        Ok(module) => module,
        Err(error) => {
            report("deploy", Err(error));
            return ExitCode::FAILURE;
        }
    };
    report("deploy", Ok(Value::Null));
    run_steps(&module).await;
    ExitCode::SUCCESS
}

async fn run_steps(module: &DeployedModule) {
    start(module, "add", json!({ "a": 2, "b": 3 })).await;
    start(module, "plain", Value::Null).await;
    start(
        module,
        "panic_before_response",
        json!({ "message": "on purpose" }),
    )
    .await;
    start(module, "no_such_workflow", Value::Null).await;
    if let Some(waiting) = start(module, "receive_after_response", Value::Null).await {
        // Goes to the mailbox and stays there: the workflow doesn't ask for this type.
        let approval = Approve {
            by: "rust-client".to_string(),
        };
        send("send approve", waiting.send_msg(approval).await);
        send("send finish", waiting.send_msg(Finish {}).await);
    }
}

/// Starts a workflow and reports its id and its response, parsed.
async fn start(module: &DeployedModule, workflow: &str, input: Value) -> Option<WorkflowRef> {
    let step = format!("start {workflow}");
    match module.start_by_name(workflow, input).await {
        Ok(started) => {
            let response = started.response().as_deref().map(parse);
            report(
                &step,
                Ok(json!({ "id": started.id(), "response": response })),
            );
            Some(started)
        }
        Err(error) => {
            report(&step, Err(error));
            None
        }
    }
}

fn send(step: &str, result: Result<(), String>) {
    report(step, result.map(|()| Value::Null));
}

/// The response's JSON, or the text itself when it is no JSON.
fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| json!({ "not_json": text }))
}

fn report(step: &str, result: Result<Value, String>) {
    let line = match result {
        Ok(value) => json!({ "step": step, "ok": value }),
        Err(error) => json!({ "step": step, "error": error }),
    };
    println!("{line}");
}
