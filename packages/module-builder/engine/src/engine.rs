//! The JavaScript runtime, and the loop that runs a workflow until it ends.

use std::cell::{Cell, RefCell};
use std::ffi::CStr;
use std::ptr::NonNull;

use rquickjs::qjs::JSContext;
use rquickjs::{context::intrinsic, CatchResultExt, Context, Ctx, Function, Object};
use rquickjs::{promise::PromiseState, Coerced, Error, Exception, Persistent, Runtime, Value};

use crate::{bytecode, heap::Heap, host, natives, stack, tables};

/// The max depth of calls, in bytes of the stack in linear memory (which has 384 KiB). Low enough that the host's own
/// stack, which is used at the same time, doesn't overflow first.
pub const STACK_BYTES: usize = 192 * 1024;

/// How often QuickJS may ask whether to continue before a workflow counts as stuck in a loop: soon enough to report its
/// stack before the host stops it, even on slow machines. QuickJS asks after every 10,000 calls and backward jumps; a
/// host call resets the count.
const INTERRUPTS_WITHOUT_HOST_CALL: u32 = 5_000;

/// How much a workflow may allocate before QuickJS first collects cyclic garbage. Counted from what the script left:
/// otherwise a workflow of a large script would begin with a collection.
const GARBAGE_BYTES: usize = 64 * 1024;

/// The functions that the guest side offers; `src/guest` registers them.
type Guest = Persistent<Object<'static>>;

/// How one half of a workflow ended.
pub enum Outcome {
    Done,
    /// The reason has been logged.
    Failed,
}

/// Which host calls are currently allowed.
#[derive(Clone, Copy, PartialEq)]
pub enum Phase {
    /// QuickJS initializes.
    Starting,
    /// The script is evaluated, once, when the module is built.
    Loading,
    /// A workflow is running.
    Running,
}

pub struct Engine {
    context: Context,
    guest: Guest,
}

thread_local! {
    static PHASE: Cell<Phase> = const { Cell::new(Phase::Starting) };
    static INTERRUPTS: Cell<u32> = const { Cell::new(0) };
    static OUTPUT_LENGTH: Cell<usize> = const { Cell::new(0) };
    static ENGINE: Cell<Option<&'static Engine>> = const { Cell::new(None) };
    static LOADING: Cell<Option<NonNull<JSContext>>> = const { Cell::new(None) };
    /// What the script did that is not allowed while it is evaluated, and the stack at that point.
    static REFUSED: RefCell<Option<(&'static str, String)>> = const { RefCell::new(None) };
}

pub fn phase() -> Phase {
    PHASE.get()
}

pub fn output_length() -> usize {
    OUTPUT_LENGTH.get()
}

/// Called for each host call: a workflow that makes one is not stuck in a loop.
pub fn not_stuck() {
    INTERRUPTS.set(0);
}

/// Records where the script read the clock while no workflow was running: QuickJS can't refuse it.
pub fn note_clock_read() {
    refuse(CLOCK_READ);
}

fn refuse(reason: &'static str) {
    let Some(loading) = LOADING.get() else { return };
    // SAFETY: it is only set while the script is evaluated in this context, on this thread.
    let ctx = unsafe { Ctx::from_raw(loading) };
    let stack = ctx.eval("new Error().stack").unwrap_or_default();
    REFUSED.set(Some((reason, stack)));
}

/// QuickJS calls it from time to time while the script is evaluated. The script can't catch the interruption.
fn is_evaluation_to_end() -> bool {
    let ends = host::wants_evaluation_to_end();
    if ends && !is_refused() {
        refuse(TIME_IS_UP);
    }
    ends
}

fn is_refused() -> bool {
    REFUSED.with_borrow(Option::is_some)
}

/// The result of an export that only the build calls.
pub struct Output {
    pub successful: bool,
    pub bytes: Vec<u8>,
}

/// Leaves an output where the build can read it.
pub fn keep_output(output: Output) -> *const u8 {
    let mut bytes = output.bytes;
    bytes.insert(0, u8::from(output.successful));
    let bytes: &'static mut [u8] = bytes.leak();
    OUTPUT_LENGTH.set(bytes.len());
    bytes.as_ptr()
}

/// Compiles a script to bytecode, without the source, which is not needed any more.
pub fn compile(script: Vec<u8>, file: &CStr) -> Output {
    output_of(new_context().and_then(|context| {
        context.with(|ctx| {
            bytecode::compile(&ctx, script, file)
                .catch(&ctx)
                .map_err(|error| failure_of(&error))
        })
    }))
}

/// Evaluates bytecode and leaves a runtime that is ready to run the script's workflows.
pub fn load(bytecode: Vec<u8>) -> Output {
    output_of(try_load(bytecode).map(String::into_bytes))
}

fn output_of(result: Result<Vec<u8>, String>) -> Output {
    let successful = result.is_ok();
    let bytes = result.unwrap_or_else(String::into_bytes);
    Output { successful, bytes }
}

const CLOCK_READ: &str =
    "only a running workflow can ask what time it is, but this runs when the module is built: move it \
     into a workflow";

const TIME_IS_UP: &str = "the script is evaluated for too long";

/// QuickJS's own error.
const INTERRUPTED: &str = "InternalError: interrupted";

type Intrinsics = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
    intrinsic::WeakRef,
    intrinsic::DOMException,
);

fn new_context() -> Result<Context, String> {
    tables::fill();
    let context = Runtime::new_with_alloc(Heap).and_then(|runtime| {
        runtime.set_max_stack_size(STACK_BYTES);
        stack::begins_here();
        Context::custom::<Intrinsics>(&runtime)
    });
    context.map_err(|error| failure_text(&error.to_string(), None))
}

fn try_load(bytecode: Vec<u8>) -> Result<String, String> {
    let context = new_context()?;
    PHASE.set(Phase::Loading);
    let runtime = context.runtime();
    runtime.set_interrupt_handler(Some(Box::new(is_evaluation_to_end)));
    let (guest, description) = context.with(|ctx| -> Result<(Guest, String), String> {
        LOADING.set(Some(ctx.as_raw()));
        let evaluated = evaluate(&ctx, bytecode)
            .catch(&ctx)
            .map_err(|error| failure_of(&error));
        LOADING.set(None);
        match REFUSED.take() {
            // This error's stack is exact, but it is not always reported this way.
            Some((TIME_IS_UP, _)) if evaluated.as_ref().is_err_and(|error| error.contains(INTERRUPTED)) => evaluated,
            Some((reason, stack)) => Err(failure_text(reason, Some(stack))),
            None => evaluated,
        }
    })?;
    runtime.set_interrupt_handler(Some(Box::new(|| {
        let interrupts = INTERRUPTS.get() + 1;
        INTERRUPTS.set(interrupts);
        if interrupts >= INTERRUPTS_WITHOUT_HOST_CALL {
            Engine::get().stuck();
        }
        false
    })));
    runtime.set_host_promise_rejection_tracker(Some(Box::new(|ctx, promise, reason, handled| {
        Engine::get().rejected(&ctx, promise, reason, handled);
    })));
    runtime.run_gc();
    let used = usize::try_from(runtime.memory_usage().malloc_size).unwrap_or(usize::MAX);
    runtime.set_gc_threshold(used.saturating_add(GARBAGE_BYTES));
    ENGINE.set(Some(Box::leak(Box::new(Engine { context, guest }))));
    PHASE.set(Phase::Running);
    Ok(description)
}

fn evaluate<'js>(ctx: &Ctx<'js>, bytecode: Vec<u8>) -> rquickjs::Result<(Guest, String)> {
    let engine = natives::object(ctx)?;
    ctx.globals().set("__engine", engine.clone())?;
    // The whole script is in a function that returns a promise.
    let evaluated = bytecode::evaluate(ctx, &bytecode)?.try_into_promise().map_err(|_| Error::Unknown)?;
    drop(bytecode);
    // An interrupted job counts as one that ran, and there may be an endless number of them.
    while !is_refused() && ctx.execute_pending_job() {}
    match evaluated.state() {
        PromiseState::Resolved => {}
        PromiseState::Rejected => {
            let rejected = evaluated.result::<Value>().and_then(Result::err);
            return Err(rejected.unwrap_or(Error::Unknown));
        }
        PromiseState::Pending => {
            let message = "the file waits for something at its top level, which nothing can settle";
            return Err(Exception::throw_type(ctx, message));
        }
    }
    ctx.globals().remove("__engine")?;
    let guest: Object = engine.get("guest")?;
    let describe: Function = guest.get("describe")?;
    let description = describe.call(())?;
    // Only needed by the build.
    drop(describe);
    guest.remove("describe")?;
    Ok((Persistent::save(ctx, guest), description))
}

fn failure_of(error: &rquickjs::CaughtError) -> String {
    match error {
        rquickjs::CaughtError::Exception(exception) => {
            let message = exception.message().unwrap_or_default();
            let name: String = exception.get("name").unwrap_or_default();
            failure_text(&format!("{name}: {message}"), exception.stack())
        }
        rquickjs::CaughtError::Value(value) => failure_text(&format!("thrown: {}", shown(value)), None),
        rquickjs::CaughtError::Error(error) => failure_text(&error.to_string(), None),
    }
}

/// A thrown value that is not an Error: its type, and its value if it is simple.
fn shown(value: &Value) -> String {
    let kind = value.type_name();
    let text = match value.as_string() {
        Some(text) => text.to_string().ok().map(|text| natives::json_string(&text)),
        None if value.is_number() || value.is_bool() => value.get().ok().map(|Coerced(text)| text),
        None => None,
    };
    text.map_or(kind.to_owned(), |text| format!("{kind} {text}"))
}

fn failure_text(message: &str, stack: Option<String>) -> String {
    let stack = stack.unwrap_or_default();
    format!(
        r#"{{"message":{},"stack":{}}}"#,
        natives::json_string(message),
        natives::json_string(&stack)
    )
}

impl Engine {
    /// The only engine, once a script is loaded.
    pub fn get() -> &'static Engine {
        ENGINE.get().expect("a script is loaded before anything else")
    }

    pub fn init(&self, workflow: u32) -> Outcome {
        self.drive("init", workflow)
    }

    pub fn run(&self, workflow: u32) -> Outcome {
        self.drive("run", workflow)
    }

    /// Runs everything that can run, and makes the host calls that wait, until the guest is done.
    fn drive(&self, half: &str, workflow: u32) -> Outcome {
        const FAILED: i32 = 2;
        const DONE: i32 = 1;
        not_stuck();
        self.context.with(|ctx| {
            let driven = (|| -> rquickjs::Result<i32> {
                let guest = self.guest.clone().restore(&ctx)?;
                guest.get::<_, Function>(half)?.call::<_, ()>((workflow,))?;
                let step: Function = guest.get("step")?;
                loop {
                    while ctx.execute_pending_job() {}
                    match step.call(())? {
                        0 => {}
                        ended => return Ok(ended),
                    }
                }
            })();
            match driven.catch(&ctx) {
                Ok(DONE) => Outcome::Done,
                Ok(FAILED) => Outcome::Failed,
                Ok(_) => log_failure("the script's own side is broken"),
                // Reached only if there is no room to handle an error in JavaScript, that is, if memory has run out.
                Err(rquickjs::CaughtError::Value(value)) => log_failure(&format!("thrown: {}", shown(&value))),
                Err(error) => log_failure(&error.to_string()),
            }
        })
    }

    /// Ends a workflow that computes endlessly: its code can't continue or catch this.
    fn stuck(&self) -> ! {
        not_stuck();
        // SAFETY: QuickJS calls the interrupt handler from within this context, on this thread.
        let ctx = unsafe { Ctx::from_raw(self.context.as_raw()) };
        let reported = (|| -> rquickjs::Result<()> {
            let guest = self.guest.clone().restore(&ctx)?;
            guest.get::<_, Function>("stuck")?.call(())
        })();
        if reported.is_err() {
            log_failure("it computes without end");
        }
        core::arch::wasm32::unreachable()
    }

    fn rejected<'js>(&self, ctx: &Ctx<'js>, promise: Value<'js>, reason: Value<'js>, handled: bool) {
        let guest = self.guest.clone().restore(ctx);
        let noted = guest
            .and_then(|guest| guest.get::<_, Function>("rejected"))
            .and_then(|function| function.call::<_, ()>((promise, reason, handled)));
        // The tracker can't fail; a rejection that isn't recorded only makes the report less useful.
        let _ = noted;
    }
}

fn log_failure(message: &str) -> Outcome {
    let text = format!("workflow '' panicked at '{message}'");
    let call = format!(r#"{{"Log":{{"Error":{}}}}}"#, natives::json_string(&text));
    let _ = host::call(&call);
    Outcome::Failed
}
