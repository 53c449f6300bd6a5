//! Scripts as bytecode, which QuickJS runs.

use std::ffi::CStr;

use rquickjs::{qjs, Ctx, Error, Value};

/// Compiles a script, as a script rather than a module: QuickJS retains everything at a module's top level, used or
/// not.
pub fn compile(ctx: &Ctx<'_>, mut script: Vec<u8>, file: &CStr) -> rquickjs::Result<Vec<u8>> {
    const EVAL_FLAGS: u32 = qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_STRICT | qjs::JS_EVAL_FLAG_COMPILE_ONLY;
    const WRITE_FLAGS: u32 = qjs::JS_WRITE_OBJ_BYTECODE | qjs::JS_WRITE_OBJ_STRIP_SOURCE;
    let pointer = ctx.as_raw().as_ptr();
    let length = script.len();
    // QuickJS reads one character beyond the end.
    script.push(0);
    // SAFETY: the text ends with a zero; each value that QuickJS gives is checked, and freed once.
    unsafe {
        let function = qjs::JS_Eval(pointer, script.as_ptr().cast(), length as _, file.as_ptr(), EVAL_FLAGS as i32);
        if qjs::JS_IsException(function) {
            return Err(Error::Exception);
        }
        let mut size = 0;
        let bytes = qjs::JS_WriteObject(pointer, &mut size, function, WRITE_FLAGS as i32);
        qjs::JS_FreeValue(pointer, function);
        if bytes.is_null() {
            return Err(Error::Exception);
        }
        let bytecode = std::slice::from_raw_parts(bytes, size as usize).to_vec();
        qjs::js_free(pointer, bytes.cast());
        Ok(bytecode)
    }
}

/// Evaluates a compiled script. Returns the value of its last expression.
pub fn evaluate<'js>(ctx: &Ctx<'js>, bytecode: &[u8]) -> rquickjs::Result<Value<'js>> {
    let pointer = ctx.as_raw().as_ptr();
    // SAFETY: the bytes come from `compile`; each value that QuickJS gives is checked, and used once.
    unsafe {
        let flags = qjs::JS_READ_OBJ_BYTECODE as i32;
        let function = qjs::JS_ReadObject(pointer, bytecode.as_ptr(), bytecode.len() as _, flags);
        if qjs::JS_IsException(function) {
            return Err(Error::Exception);
        }
        let evaluated = qjs::JS_EvalFunction(pointer, function);
        if qjs::JS_IsException(evaluated) {
            return Err(Error::Exception);
        }
        Ok(Value::from_raw(ctx.clone(), evaluated))
    }
}
