//! Messages in the form that Windows PowerShell gives them (MS-PSRP 2.2.2, 2.2.3), made up.

use super::*;

#[test]
fn an_error_with_its_place_in_the_script() {
    let (mut pool, id) = running();
    let data = r#"<Obj RefId="0">
      <TN RefId="0"><T>System.Management.Automation.ErrorRecord</T><T>System.Object</T></TN>
      <ToString>Cannot find a part.</ToString>
      <MS>
        <Obj N="Exception" RefId="1">
          <TN RefId="1"><T>System.Management.Automation.ItemNotFoundException</T><T>System.Exception</T></TN>
          <ToString>System.Management.Automation.ItemNotFoundException: Cannot find a part.</ToString>
          <Props><S N="Message">Cannot find a part.</S><Obj N="Data" RefId="2"><DCT/></Obj></Props>
        </Obj>
        <S N="TargetObject">C:\Kestrel\x</S>
        <S N="FullyQualifiedErrorId">PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand</S>
        <Obj N="InvocationInfo" RefId="3">
          <TN RefId="2"><T>System.Management.Automation.InvocationInfo</T><T>System.Object</T></TN>
          <Props>
            <I32 N="ScriptLineNumber">3</I32><S N="ScriptName"></S>
            <S N="PositionMessage">At line:3 char:1_x000A_+ Get-Item x</S>
          </Props>
        </Obj>
        <I32 N="ErrorCategory_Category">13</I32>
        <S N="ErrorCategory_Activity">Get-Item</S>
        <S N="ErrorCategory_Reason">ItemNotFoundException</S>
        <S N="ErrorCategory_TargetName">C:\Kestrel\x</S>
        <S N="ErrorCategory_TargetType">String</S>
        <S N="ErrorCategory_Message">ObjectNotFound: (C:\Kestrel\x:String) [Get-Item], ItemNotFoundException</S>
        <B N="SerializeExtendedInfo">false</B>
      </MS></Obj>"#;
    let bytes = said(&pool, Kind::ErrorRecord, Some(id), data);
    let heard = heard(&mut pool, &bytes);
    let [PoolEvent::Pipeline(_, PipelineEvent::Error(error))] = &heard[..] else {
        panic!("{heard:?}");
    };
    let known = |text: &str| Some(text.to_owned());
    assert_eq!(
        **error,
        ErrorRecord {
            message: "Cannot find a part.".into(),
            exception: known("System.Management.Automation.ItemNotFoundException"),
            category: known("ObjectNotFound"),
            category_text: known(
                "ObjectNotFound: (C:\\Kestrel\\x:String) [Get-Item], ItemNotFoundException"
            ),
            activity: known("Get-Item"),
            reason: known("ItemNotFoundException"),
            id: known("PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand"),
            target: known("C:\\Kestrel\\x"),
            position: known("At line:3 char:1\n+ Get-Item x"),
            script: None,
            line: Some(3),
            stack: None,
            recommended: None,
        }
    );
}

#[test]
fn an_error_that_is_only_a_text() {
    let (mut pool, id) = running();
    let bytes = said(&pool, Kind::ErrorRecord, Some(id), "<S>oops</S>");
    let error = PipelineEvent::Error(Box::new(ErrorRecord::of_message("oops")));
    assert_eq!(heard(&mut pool, &bytes), [PoolEvent::Pipeline(id, error)]);
}

#[test]
fn write_host_of_powershell_5_is_heard_once() {
    let (mut pool, id) = running();
    let call = r#"<Obj RefId="0"><MS><I64 N="ci">-100</I64>
      <Obj N="mi" RefId="1"><TN RefId="0"><T>System.Management.Automation.Remoting.RemoteHostMethodId</T>
      <T>System.Enum</T><T>System.ValueType</T><T>System.Object</T></TN><ToString>WriteLine2</ToString>
      <I32>16</I32></Obj>
      <Obj N="mp" RefId="2"><TN RefId="1"><T>System.Collections.ArrayList</T><T>System.Object</T></TN>
      <LST><S>Replica fe01</S></LST></Obj></MS></Obj>"#;
    let record = r#"<Obj RefId="0"><MS>
      <Obj N="MessageData" RefId="1"><TN RefId="0"><T>System.Management.Automation.HostInformationMessage</T>
      <T>System.Object</T></TN><ToString>Replica fe01</ToString><Props><S N="Message">Replica fe01</S>
      <B N="NoNewLine">false</B><S N="ForegroundColor">Gray</S></Props></Obj>
      <S N="Source">Write-Host</S><DT N="TimeGenerated">2015-11-04T09:12:00.0000000+01:00</DT>
      <Obj N="Tags" RefId="2"><LST><S>PSHOST</S></LST></Obj><S N="User">KESTREL\ops</S></MS></Obj>"#;
    let mut bytes = said(&pool, Kind::PipelineHostCall, Some(id), call);
    bytes.extend(said(&pool, Kind::InformationRecord, Some(id), record));
    let heard = heard(&mut pool, &bytes);
    assert!(
        matches!(
            &heard[..],
            [PoolEvent::Pipeline(_, PipelineEvent::Information { text, no_newline: false, .. })]
                if text == "Replica fe01"
        ),
        "{heard:?}"
    );
    assert_eq!(pool.outgoing(), None);
}

#[test]
fn progress_in_both_forms() {
    let (mut pool, id) = running();
    let record = r#"<Obj RefId="0"><MS><S N="Activity">Install-CsDatabase</S><I32 N="ActivityId">1</I32>
      <S N="StatusDescription">Creating</S><Nil N="CurrentOperation"/><I32 N="ParentActivityId">-1</I32>
      <I32 N="PercentComplete">140</I32><Obj N="Type" RefId="1"><TN RefId="0">
      <T>System.Management.Automation.ProgressRecordType</T><T>System.Enum</T></TN>
      <ToString>Completed</ToString><I32>1</I32></Obj><I32 N="SecondsRemaining">-1</I32></MS></Obj>"#;
    let short = "<PR><AV>Install-CsDatabase</AV><AI>1</AI><Nil/><PI>-1</PI><PC>140</PC><T>Completed</T>\
                 <SR>-1</SR><SD>Creating</SD></PR>";
    for data in [record, short] {
        let bytes = said(&pool, Kind::ProgressRecord, Some(id), data);
        let progress = PipelineEvent::Progress(Progress {
            activity: "Install-CsDatabase".into(),
            id: 1,
            parent: None,
            status: "Creating".into(),
            operation: None,
            percent: Some(100),
            seconds_left: None,
            done: true,
        });
        assert_eq!(
            heard(&mut pool, &bytes),
            [PoolEvent::Pipeline(id, progress)]
        );
    }
}

#[test]
fn a_warning_and_its_message() {
    let (mut pool, id) = running();
    let data = "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Management.Automation.WarningRecord</T></TN>\
                <ToString>careful</ToString><MS><S N=\"InformationalRecord_Message\">careful</S>\
                <B N=\"InformationalRecord_SerializeInvocationInfo\">false</B></MS></Obj>";
    let bytes = said(&pool, Kind::WarningRecord, Some(id), data);
    let warning = PipelineEvent::Warning("careful".into());
    assert_eq!(heard(&mut pool, &bytes), [PoolEvent::Pipeline(id, warning)]);
}

#[test]
fn a_final_state_of_the_pool_is_the_last_that_is_heard() {
    let (mut pool, id) = running();
    let data = "<Obj RefId=\"0\"><MS><I32 N=\"RunspaceState\">3</I32></MS></Obj>";
    let mut bytes = said(&pool, Kind::RunspacePoolState, None, data);
    bytes.extend(said(&pool, Kind::RunspacePoolState, None, data));
    bytes.extend(said(&pool, Kind::PipelineOutput, Some(id), "<S>x</S>"));
    let failed = PipelineEvent::State(PipelineState::Failed, None);
    assert_eq!(
        heard(&mut pool, &bytes),
        [PoolEvent::Pipeline(id, failed), PoolEvent::Closed]
    );
    assert_eq!(heard(&mut pool, &bytes), []);
}
