$ErrorActionPreference='Stop';$ProgressPreference='SilentlyContinue';try{[Console]::OutputEncoding=New-Object Text.UTF8Encoding $false}catch{}
$csdeck=[hashtable]::Synchronized(@{nonce='<nonce>';id='0';n=0;failed=0;laid=(New-Object Collections.ArrayList);bell=(New-Object Threading.AutoResetEvent $false)})
$csdeckTools={
function global:csdeckSend([string]$kind,[string]$text){$all=[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($text));$at=0
do{$part=$all.Substring($at,[Math]::Min(65536,$all.Length-$at));$at+=$part.Length;$more=$(if($at -lt $all.Length){'+'}else{'.'});if($kind -ne 'p'){$csdeck.n++}
[Console]::Out.WriteLine(('@csdeck',$csdeck.nonce,$csdeck.id,$csdeck.n,($kind+$more),$part.Length,$part) -join ' ')}while($at -lt $all.Length)}
function global:csdeckQuote([string]$text){'"'+[regex]::Replace($text,'[\x00-\x1f"\\]',{param($m)'\u{0:x4}' -f [int][char]$m.Value})+'"'}
function global:csdeckJson($value,[int]$depth){if($null -eq $value){return 'null'};$base=$value.PSObject.BaseObject
if($base -is [datetime]){return csdeckQuote ($base.ToUniversalTime().ToString('o'))}
if($base -is [bool]){return "$base".ToLowerInvariant()}
if($base -is [ValueType] -and "$base" -match '^-?\d+(\.\d+)?(E[+-]\d+)?$'){return "$base"}
if($depth -gt 0 -and $base -is [Collections.IDictionary]){return '{'+(@(foreach($key in @($base.Keys)){(csdeckQuote "$key")+':'+(csdeckJson $base[$key] ($depth-1))}) -join ',')+'}'}
if($depth -gt 0 -and $base -is [Collections.IEnumerable] -and $base -isnot [string] -and $base -isnot [Xml.XmlNode]){return '['+(@(foreach($item in $base){csdeckJson $item ($depth-1)}) -join ',')+']'}
if($depth -gt 0 -and $base -is [Management.Automation.PSCustomObject]){return csdeckObject $value ($depth-1)}else{csdeckQuote "$value"}}
function global:csdeckObject($value,[int]$depth){$only=@($value.PSStandardMembers.DefaultDisplayPropertySet.ReferencedPropertyNames|Where-Object{$_})
'{'+(@(foreach($p in @($value.PSObject.Properties)){if(!$only.Count -or $only -contains $p.Name){(csdeckQuote $p.Name)+':'+$(try{csdeckJson $p.Value $depth}catch{csdeckQuote "$_"})}}) -join ',')+'}'}
function global:csdeckLaid{if($csdeck.laid.Count){$laid=$csdeck.laid.ToArray();$csdeck.laid.Clear();foreach($line in @($laid|Out-String -Stream -Width 200)){csdeckSend o $line}}}
function global:csdeckOut($item){try{csdeckShow $item}catch{$csdeck.failed=1;csdeckSend e "csdeck cannot show an object: $_"}}
function global:csdeckShow($item){if($null -eq $item){return};$type=$item.GetType().FullName
if($type -like 'Microsoft.PowerShell.Commands.Internal.Format.*'){[void]$csdeck.laid.Add($item);if($type -like '*.FormatEndData'){csdeckLaid};return}
if($item -is [Management.Automation.ErrorRecord]){$csdeck.failed=1;$text=($item|Out-String -Width 4096).TrimEnd()
$all=try{csdeckJson @{text=$text;message="$item";category="$($item.CategoryInfo.Category)";id=$item.FullyQualifiedErrorId;target=$item.CategoryInfo.TargetName;position=$item.InvocationInfo.PositionMessage} 1}catch{csdeckJson @{text=$text} 1};csdeckSend r $all}
elseif($item -is [Management.Automation.InformationalRecord]){csdeckSend $(if($item -is [Management.Automation.WarningRecord]){'w'}elseif($item -is [Management.Automation.DebugRecord]){'d'}else{'v'}) $item.Message}
elseif($item -is [string] -or $type -like '*.InformationRecord'){csdeckSend o "$item"}elseif($item -is [Xml.XmlNode]){csdeckSend o $item.OuterXml}
elseif($item -is [ValueType] -or $item -is [Collections.IEnumerable]){csdeckSend j (csdeckJson $item 3)}else{csdeckSend j (csdeckObject $item 3)}}
function global:Read-Host($Prompt,[switch]$AsSecureString){csdeckSend $(if($AsSecureString){'s'}else{'q'}) "$Prompt";while(!$csdeck.bell.WaitOne(200)){if($csdeck.gone){throw 'csdeck is gone'}}
$answer=$csdeck.answer;$csdeck.answer=$null;if($null -eq $answer){throw "nobody answered: $Prompt"};if($AsSecureString){ConvertTo-SecureString $answer -AsPlainText -Force}else{$answer}}}
$csdeckRun={param($csdeckText)try{. {<prelude>} *>&1|ForEach-Object{csdeckOut $_}
& ([scriptblock]::Create($csdeckText)) *>&1|ForEach-Object{csdeckOut $_}}catch{csdeckOut $_};try{csdeckLaid}catch{csdeckOut $_}}
. $csdeckTools;$space=[RunspaceFactory]::CreateRunspace();$space.ThreadOptions='ReuseThread';$space.Open();$space.SessionStateProxy.SetVariable('csdeck',$csdeck)
$job=[PowerShell]::Create();$job.Runspace=$space;[void]$job.AddScript($csdeckTools.ToString()).Invoke();$job.Dispose();$job=$null
csdeckSend h "$PID $($PSVersionTable.PSVersion) $([Environment]::OSVersion.Platform)";$line=$csdeckIn.ReadLineAsync()
while($true){$wait=@($line.AsyncWaitHandle);if($job){$wait+=$busy.AsyncWaitHandle};[void][Threading.WaitHandle]::WaitAny([Threading.WaitHandle[]]$wait,500)
if($line.IsCompleted){if($null -eq $line.Result){$csdeck.gone=1;if($job){[void]$busy.AsyncWaitHandle.WaitOne(86400000)};break};$verb,$id,$data=$line.Result.Split(' ');$line=$csdeckIn.ReadLineAsync();$data=[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String("$data"))
if($verb -eq 'run' -and !$job){$csdeck.id=$id;$csdeck.n=0;$csdeck.failed=0;$csdeck.answer=$null;[void]$csdeck.bell.Reset();$csdeck.laid.Clear();$job=[PowerShell]::Create();$job.Runspace=$space
[void]$job.AddScript($csdeckRun.ToString()).AddArgument($data);$busy=$job.BeginInvoke()}elseif($job -and $csdeck.id -eq $id){
if($verb -eq 'stop'){[void]$job.BeginStop($null,$null)}elseif($verb -eq 'answer'){$csdeck.answer=$data;[void]$csdeck.bell.Set()}elseif($verb -eq 'refuse'){[void]$csdeck.bell.Set()}}}
if($job){$all=@{};foreach($p in $job.Streams.Progress.ReadAll()){$all[$p.ActivityId]=$p};foreach($p in @($all.Values)){csdeckSend p (csdeckJson @{id=$p.ActivityId;parent=$p.ParentActivityId;activity=$p.Activity;status=$p.StatusDescription;operation=$p.CurrentOperation;percent=$p.PercentComplete;seconds=$p.SecondsRemaining;done=($p.RecordType -eq 'Completed')} 1)}
if($busy.IsCompleted){$state="$($job.InvocationStateInfo.State)";if($state -eq 'Failed'){csdeckOut $job.InvocationStateInfo.Reason.ErrorRecord};csdeckSend x "$state $($csdeck.failed)";$job.Dispose();$job=$null}}}
