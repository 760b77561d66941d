//! The same conversation as every generation of conventions writes it.

use super::*;
use crate::model::{Trace, Value};
use crate::tui::harness::single;

/// A span with these attributes, and events with theirs.
fn span(attributes: &[(&str, &str)], events: &[(&str, &[(&str, &str)])]) -> Trace {
    fn text<'a>(all: &[(&'a str, &'a str)]) -> Vec<(&'a str, Value<'a>)> {
        all.iter()
            .map(|(key, value)| (*key, Value::Str(value)))
            .collect()
    }
    let events: Vec<_> = events
        .iter()
        .map(|(name, all)| (*name, text(all)))
        .collect();
    let events: Vec<_> = events
        .iter()
        .map(|(name, all)| (*name, all.as_slice()))
        .collect();
    single::span(&text(attributes), &events)
}

fn talk(trace: &Trace) -> Option<Talk> {
    Talk::of(trace.span(0), trace.logs(), Charset::Unicode)
}

fn told(trace: &Trace) -> Vec<String> {
    let talk = talk(trace).unwrap();
    talk.messages
        .iter()
        .map(|m| format!("{}: {}", m.who, m.text))
        .collect()
}

#[test]
fn every_generation_tells_the_same_conversation() {
    let wanted = [
        "system: Be brief",
        "user: Weather in Paris?",
        "calls weather: {\"city\":\"Paris\"}",
        "tool: rainy",
        "assistant: Rain.",
    ];
    let current = span(
        &[
            (
                "gen_ai.system_instructions",
                r#"[{"type":"text","content":"Be brief"}]"#,
            ),
            (
                "gen_ai.input.messages",
                r#"[{"role":"user","parts":[{"type":"text","content":"Weather in Paris?"}]},
                    {"role":"assistant","parts":[{"type":"tool_call","id":"1","name":"weather","arguments":{"city":"Paris"}}]},
                    {"role":"tool","parts":[{"type":"tool_call_response","id":"1","response":"rainy"}]}]"#,
            ),
            (
                "gen_ai.output.messages",
                r#"[{"role":"assistant","parts":[{"type":"text","content":"Rain."}],"finish_reason":"stop"}]"#,
            ),
        ],
        &[],
    );
    assert_eq!(told(&current), wanted);
    let events = span(
        &[("gen_ai.system", "openai")],
        &[
            ("gen_ai.system.message", &[("content", "Be brief")]),
            (
                "gen_ai.user.message",
                &[("gen_ai.event.content", r#"{"content":"Weather in Paris?"}"#)],
            ),
            (
                "gen_ai.assistant.message",
                &[(
                    "tool_calls",
                    r#"[{"id":"1","function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}}]"#,
                )],
            ),
            ("gen_ai.tool.message", &[("content", "rainy")]),
            (
                "gen_ai.choice",
                &[
                    ("index", "0"),
                    ("message", r#"{"role":"assistant","content":"Rain."}"#),
                ],
            ),
        ],
    );
    assert_eq!(told(&events), wanted);
    let numbered = span(
        &[
            ("gen_ai.prompt.0.role", "system"),
            ("gen_ai.prompt.0.content", "Be brief"),
            ("gen_ai.prompt.1.role", "user"),
            ("gen_ai.prompt.1.content", "Weather in Paris?"),
            ("gen_ai.prompt.2.role", "assistant"),
            ("gen_ai.prompt.2.tool_calls.0.name", "weather"),
            (
                "gen_ai.prompt.2.tool_calls.0.arguments",
                "{\"city\":\"Paris\"}",
            ),
            ("gen_ai.prompt.3.role", "tool"),
            ("gen_ai.prompt.3.content", "rainy"),
            ("gen_ai.completion.0.content", "Rain."),
        ],
        &[],
    );
    assert_eq!(told(&numbered), wanted);
    let inference = span(
        &[
            ("llm.input_messages.0.message.role", "system"),
            ("llm.input_messages.0.message.content", "Be brief"),
            ("llm.input_messages.1.message.role", "user"),
            ("llm.input_messages.1.message.content", "Weather in Paris?"),
            ("llm.input_messages.2.message.role", "assistant"),
            (
                "llm.input_messages.2.message.tool_calls.0.tool_call.function.name",
                "weather",
            ),
            (
                "llm.input_messages.2.message.tool_calls.0.tool_call.function.arguments",
                "{\"city\":\"Paris\"}",
            ),
            ("llm.input_messages.3.message.role", "tool"),
            ("llm.input_messages.3.message.content", "rainy"),
            ("llm.output_messages.0.message.role", "assistant"),
            ("llm.output_messages.0.message.content", "Rain."),
        ],
        &[],
    );
    assert_eq!(told(&inference), wanted);
}

#[test]
fn figures_are_told_under_old_and_new_names() {
    let new = span(
        &[
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.request.model", "big"),
            ("gen_ai.response.model", "big-2"),
            ("gen_ai.provider.name", "acme"),
            ("gen_ai.usage.input_tokens", "1200"),
            ("gen_ai.usage.output_tokens", "30"),
            ("gen_ai.usage.cost", "0.004"),
        ],
        &[],
    );
    let facts = talk(&new).unwrap().facts;
    let told: Vec<String> = facts
        .iter()
        .map(|(key, value)| format!("{key} {value}"))
        .collect();
    assert_eq!(
        told,
        [
            "operation chat",
            "asked for big",
            "answered by big-2",
            "provider acme",
            "tokens 1,200 in  30 out",
            "cost 0.004"
        ]
    );
    let old = span(
        &[
            ("gen_ai.system", "acme"),
            ("gen_ai.usage.prompt_tokens", "7"),
        ],
        &[],
    );
    assert_eq!(
        talk(&old).unwrap().facts,
        [
            ("provider", "acme".to_owned()),
            ("tokens", "7 in".to_owned())
        ]
    );
    assert_eq!(talk(&span(&[("http.method", "GET")], &[])), None);
}

#[test]
fn what_is_no_json_is_told_as_it_is() {
    let trace = span(
        &[
            ("gen_ai.prompt", "plain words"),
            ("gen_ai.completion", "{\"broken"),
        ],
        &[],
    );
    assert_eq!(told(&trace), ["user: plain words", "assistant: {\"broken"]);
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let trace = span(&[("gen_ai.input.messages", &deep)], &[]);
    assert_eq!(told(&trace).len(), 1);
}

#[test]
fn what_other_libraries_write_is_told_as_well() {
    let langfuse = span(
        &[
            ("langfuse.observation.type", "generation"),
            (
                "langfuse.observation.input",
                r#"[{"role":"user","content":"ping"}]"#,
            ),
            (
                "langfuse.observation.output",
                r#"{"role":"assistant","content":"pong"}"#,
            ),
            (
                "langfuse.observation.usage_details",
                r#"{"input":3,"output":1}"#,
            ),
            ("langfuse.observation.cost_details", r#"{"total":0.5}"#),
        ],
        &[],
    );
    assert_eq!(told(&langfuse), ["user: ping", "assistant: pong"]);
    let facts = talk(&langfuse).unwrap().facts;
    let tokens = ("tokens", "3 in  1 out".to_owned());
    assert_eq!(facts[1..], [tokens, ("cost", "0.5".to_owned())]);
    let vercel = span(
        &[
            (
                "ai.prompt.messages",
                r#"[{"role":"user","content":[{"type":"text","text":"Hi"}]}]"#,
            ),
            ("ai.response.text", "Hello"),
            (
                "ai.response.toolCalls",
                r#"[{"toolName":"greet","args":"{}"}]"#,
            ),
            ("ai.response.msToFirstChunk", "350"),
        ],
        &[],
    );
    assert_eq!(
        told(&vercel),
        ["user: Hi", "assistant: Hello", "calls greet: {}"]
    );
    assert_eq!(
        talk(&vercel).unwrap().facts,
        [("first word", "350 ms".to_owned())]
    );
    let tool = span(
        &[
            ("openinference.span.kind", "TOOL"),
            ("tool.name", "look"),
            ("input.value", r#"{"at":"cat"}"#),
            ("output.value", "a cat"),
        ],
        &[],
    );
    assert_eq!(told(&tool), [r#"calls look: {"at":"cat"}"#, "tool: a cat"]);
    let search = span(
        &[
            ("openinference.span.kind", "RETRIEVER"),
            ("input.value", "shoes"),
            ("retrieval.documents.0.document.id", "d1"),
            ("retrieval.documents.0.document.content", "Runner"),
            ("retrieval.documents.0.document.score", "0.9"),
        ],
        &[],
    );
    assert_eq!(told(&search), ["input: shoes", "document d1 0.9: Runner"]);
    let mlflow = span(
        &[
            (
                "mlflow.spanInputs",
                r#"{"messages":[{"role":"user","content":"q"}]}"#,
            ),
            (
                "mlflow.spanOutputs",
                r#"{"choices":[{"message":{"role":"assistant","content":"a"}}]}"#,
            ),
        ],
        &[],
    );
    assert_eq!(told(&mlflow), ["user: q", "assistant: a"]);
    let logfire = span(
        &[
            ("gen_ai.operation.name", "chat"),
            (
                "events",
                r#"[{"event.name":"gen_ai.user.message","content":"q"},{"event.name":"gen_ai.choice","message":{"content":"a"}}]"#,
            ),
        ],
        &[],
    );
    assert_eq!(told(&logfire), ["user: q", "assistant: a"]);
}
