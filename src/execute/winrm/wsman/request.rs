//! The requests of a remote shell (MS-WSMV 3.1.4.5 to 3.1.4.17, MS-PSRP 3.1.5.3).

use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quick_xml::escape::escape;
use uuid::Uuid;

use super::{ADDRESSING, MICROSOFT, POWERSHELL, SHELL, SOAP, TRANSFER, WSMAN};

/// The most an answer may have, in bytes: what servers allow since Windows Server 2012
/// (`MaxEnvelopeSizekb` 500).
const ANSWER_LIMIT: usize = 512_000;

/// Asks a server what it is; answered to anybody who logged in.
pub const IDENTIFY: &str = concat!(
    r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" "#,
    r#"xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">"#,
    "<s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>"
);

/// One remote shell, as its requests name it.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The URI that is connected to.
    to: String,
    /// The session configuration: `http://schemas.microsoft.com/powershell/Microsoft.PowerShell`.
    resource: String,
    /// Names the client to the server over several connections: a shell that lost its connection is
    /// reached again with it.
    session: Uuid,
    /// The shell's number, upper case; the client proposes one, the server has the last word.
    id: String,
    /// How long the server may hold a request before it answers that nothing happened.
    hold: Duration,
    /// The server keeps its answers for a client that asks again.
    keeps: bool,
}

/// One request: its text, and what lets a repeated one be recognised.
#[derive(Debug, Clone)]
pub struct Operation {
    action: String,
    headers: String,
    body: String,
    message: Uuid,
    operation: Uuid,
}

/// How a command is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// As Ctrl-C would: the pipeline stops and says so.
    Stop,
    /// The command is over, its resources may go.
    Terminate,
}

impl Signal {
    fn code(self) -> &'static str {
        match self {
            // The protocol's own spelling (MS-PSRP 3.1.5.3.13).
            Signal::Stop => "http://schemas.microsoft.com/powershell/signal/crtl_c",
            Signal::Terminate => {
                "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/terminate"
            }
        }
    }
}

impl Shell {
    /// A shell of the session configuration `resource` behind the URI `to`, of the number `id`.
    pub fn new(to: &str, resource: &str, id: &str, hold: Duration) -> Shell {
        Shell {
            to: to.to_owned(),
            resource: resource.to_owned(),
            session: Uuid::new_v4(),
            id: id.to_ascii_uppercase(),
            hold,
            keeps: false,
        }
    }

    /// The shell's number as the server says it.
    pub fn set_id(&mut self, id: &str) {
        self.id = id.to_owned();
    }

    /// The shell's number.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Notes whether the server keeps its answers for a client that asks again.
    pub fn set_keeps(&mut self, keeps: bool) {
        self.keeps = keeps;
    }

    /// True when the server keeps its answers for a client that asks again.
    pub fn keeps(&self) -> bool {
        self.keeps
    }

    /// How long the server may hold a request.
    pub fn hold(&self) -> Duration {
        self.hold
    }

    /// Makes the shell. `idle` is how long the server keeps it without a word from here.
    pub fn create(&self, creation: &[u8], idle: Duration) -> Operation {
        let options = r#"<w:OptionSet s:mustUnderstand="true"><w:Option Name="protocolversion" MustComply="true">2.3</w:Option></w:OptionSet>"#;
        let body = format!(
            r#"<rsp:Shell ShellId="{}" Name="csdeck"><rsp:IdleTimeOut>{}</rsp:IdleTimeOut><rsp:InputStreams>stdin pr</rsp:InputStreams><rsp:OutputStreams>stdout</rsp:OutputStreams><creationXml xmlns="{POWERSHELL}">{}</creationXml></rsp:Shell>"#,
            escape(&self.id),
            period(idle),
            STANDARD.encode(creation),
        );
        Operation::new(format!("{TRANSFER}/Create"), options.to_owned(), body)
    }

    /// Begins a pipeline with the first piece of its description.
    pub fn command(&self, pipeline: &str, first: &[u8]) -> Operation {
        let body = format!(
            r#"<rsp:CommandLine CommandId="{}"><rsp:Command></rsp:Command><rsp:Arguments>{}</rsp:Arguments></rsp:CommandLine>"#,
            escape(pipeline.to_ascii_uppercase()),
            STANDARD.encode(first),
        );
        self.inside("Command", String::new(), body)
    }

    /// Sends a piece to the pool, or to one of its pipelines. `priority` is for answers to what the
    /// server asks.
    pub fn send(&self, pipeline: Option<&str>, priority: bool, piece: &[u8]) -> Operation {
        let body = format!(
            r#"<rsp:Send><rsp:Stream Name="{}"{}>{}</rsp:Stream></rsp:Send>"#,
            if priority { "pr" } else { "stdin" },
            command_id(pipeline),
            STANDARD.encode(piece),
        );
        self.inside("Send", String::new(), body)
    }

    /// Asks for what the pool, or one of its pipelines, has to say; the server holds the request until
    /// there is something.
    pub fn receive(&self, pipeline: Option<&str>) -> Operation {
        let options = r#"<w:OptionSet s:mustUnderstand="true"><w:Option Name="WSMAN_CMDSHELL_OPTION_KEEPALIVE">TRUE</w:Option></w:OptionSet>"#;
        let body = format!(
            "<rsp:Receive><rsp:DesiredStream{}>stdout</rsp:DesiredStream></rsp:Receive>",
            command_id(pipeline),
        );
        self.inside("Receive", options.to_owned(), body)
    }

    /// Ends a pipeline.
    pub fn signal(&self, pipeline: &str, signal: Signal) -> Operation {
        let body = format!(
            "<rsp:Signal{}><rsp:Code>{}</rsp:Code></rsp:Signal>",
            command_id(Some(pipeline)),
            signal.code(),
        );
        self.inside("Signal", String::new(), body)
    }

    /// Attaches to the shell again after the connection to it was lost.
    pub fn reconnect(&self) -> Operation {
        self.inside("Reconnect", String::new(), String::new())
    }

    /// Lets go of the shell; what runs in it goes on.
    pub fn disconnect(&self, idle: Duration) -> Operation {
        let body = format!(
            "<rsp:Disconnect><rsp:IdleTimeOut>{}</rsp:IdleTimeOut></rsp:Disconnect>",
            period(idle)
        );
        self.inside("Disconnect", String::new(), body)
    }

    /// Ends the shell and all that runs in it.
    pub fn delete(&self) -> Operation {
        self.selected(format!("{TRANSFER}/Delete"), String::new(), String::new())
    }

    /// A request of the remote shell's own actions.
    fn inside(&self, action: &str, options: String, body: String) -> Operation {
        self.selected(format!("{SHELL}/{action}"), options, body)
    }

    fn selected(&self, action: String, options: String, body: String) -> Operation {
        let selector = format!(
            r#"<w:SelectorSet><w:Selector Name="ShellId">{}</w:Selector></w:SelectorSet>"#,
            escape(&self.id)
        );
        Operation::new(action, options + &selector, body)
    }

    /// The text of a request. A repeated one says so: a server that kept its answer gives it again
    /// (MS-WSMV 3.1.4.1.39).
    pub fn envelope(&self, operation: &Operation, repeated: bool) -> String {
        let mut text = String::with_capacity(operation.body.len() + 1600);
        let _ = write!(
            text,
            concat!(
                r#"<s:Envelope xmlns:s="{soap}" xmlns:a="{addressing}" xmlns:w="{wsman}" xmlns:p="{microsoft}" xmlns:rsp="{shell}"><s:Header>"#,
                r#"<a:To>{to}</a:To><w:ResourceURI s:mustUnderstand="true">{resource}</w:ResourceURI>"#,
                r#"<a:ReplyTo><a:Address s:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>"#,
                r#"<a:Action s:mustUnderstand="true">{action}</a:Action>"#,
                r#"<w:MaxEnvelopeSize s:mustUnderstand="true">{limit}</w:MaxEnvelopeSize>"#,
                r#"<a:MessageID>uuid:{message}</a:MessageID>"#,
                r#"<w:Locale xml:lang="en-US" s:mustUnderstand="false"/><p:DataLocale xml:lang="en-US" s:mustUnderstand="false"/>"#,
                r#"<p:SessionId s:mustUnderstand="false">uuid:{session}</p:SessionId>"#,
                r#"<p:OperationID s:mustUnderstand="{repeated}">uuid:{operation}</p:OperationID>"#,
                r#"<p:SequenceId s:mustUnderstand="false">1</p:SequenceId>"#,
                r#"<w:OperationTimeout>{hold}</w:OperationTimeout>{headers}</s:Header><s:Body>{body}</s:Body></s:Envelope>"#,
            ),
            soap = SOAP,
            addressing = ADDRESSING,
            wsman = WSMAN,
            microsoft = MICROSOFT,
            shell = SHELL,
            to = escape(&self.to),
            resource = escape(&self.resource),
            action = operation.action,
            limit = ANSWER_LIMIT,
            message = upper(operation.message),
            session = upper(self.session),
            repeated = repeated,
            operation = upper(operation.operation),
            hold = period(self.hold),
            headers = operation.headers,
            body = operation.body,
        );
        text
    }
}

impl Operation {
    fn new(action: String, headers: String, body: String) -> Operation {
        Operation {
            action,
            headers,
            body,
            message: Uuid::new_v4(),
            operation: Uuid::new_v4(),
        }
    }

    /// The action's last word: `Create`, `Receive`, ...
    pub fn name(&self) -> &str {
        self.action.rsplit('/').next().unwrap_or_default()
    }
}

fn command_id(pipeline: Option<&str>) -> String {
    pipeline
        .map(|id| format!(r#" CommandId="{}""#, escape(id.to_ascii_uppercase())))
        .unwrap_or_default()
}

fn upper(id: Uuid) -> String {
    id.to_string().to_ascii_uppercase()
}

/// xs:duration in seconds with three digits, as Windows writes it.
fn period(time: Duration) -> String {
    format!("PT{:.3}S", time.as_secs_f64())
}
