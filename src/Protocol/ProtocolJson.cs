using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Protocol.Manifests;
using OpenClaw.Protocol.Notifications;
using OpenClaw.Protocol.Output;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;
using OpenClaw.Protocol.Sessions;
using OpenClaw.Protocol.Signing;
using OpenClaw.Protocol.Tasks;
using OpenClaw.Protocol.Webhooks;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Protocol;

/// <summary>
/// Source-generated JSON for every type on the wire. Requests are strict: unknown and duplicate fields, comments and
/// nesting over 32 are refused.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(SubmitTask))]
[JsonSerializable(typeof(SubmitFileWrite))]
[JsonSerializable(typeof(SubmitFileRead))]
[JsonSerializable(typeof(SubmitFileEdit))]
[JsonSerializable(typeof(SubmitFileUpload))]
[JsonSerializable(typeof(SubmitTurn))]
[JsonSerializable(typeof(Submitted))]
[JsonSerializable(typeof(TaskView))]
[JsonSerializable(typeof(TaskListView))]
[JsonSerializable(typeof(StateEvent))]
[JsonSerializable(typeof(OutputEvent))]
[JsonSerializable(typeof(OutputPage))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(RecentSessionList))]
[JsonSerializable(typeof(NotifyRequest))]
[JsonSerializable(typeof(Notified))]
[JsonSerializable(typeof(Offer))]
[JsonSerializable(typeof(FetchPayload))]
[JsonSerializable(typeof(FetchedPayload))]
[JsonSerializable(typeof(StartAttempt))]
[JsonSerializable(typeof(StartedAttempt))]
[JsonSerializable(typeof(AskApproval))]
[JsonSerializable(typeof(ApprovalAnswer))]
[JsonSerializable(typeof(DecideApproval))]
[JsonSerializable(typeof(AppendOutput))]
[JsonSerializable(typeof(AttemptResult))]
[JsonSerializable(typeof(OutputTaken))]
[JsonSerializable(typeof(ResultTaken))]
[JsonSerializable(typeof(OpenSession))]
[JsonSerializable(typeof(SessionOpened))]
[JsonSerializable(typeof(CloseSession))]
[JsonSerializable(typeof(SessionClosed))]
[JsonSerializable(typeof(Poll))]
[JsonSerializable(typeof(PollAnswer))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(RecentSession[]))]
[JsonSerializable(typeof(AnnounceFacts))]
[JsonSerializable(typeof(FactsTaken))]
[JsonSerializable(typeof(WorkerFacts))]
[JsonSerializable(typeof(WorkerView))]
[JsonSerializable(typeof(WorkerListView))]
[JsonSerializable(typeof(AuditChainList))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(AuditNotePage))]
[JsonSerializable(typeof(AuditLinkView))]
[JsonSerializable(typeof(AuditVerdict))]
[JsonSerializable(typeof(SignedWitness))]
[JsonSerializable(typeof(WitnessStatement))]
[JsonSerializable(typeof(MakeToken))]
[JsonSerializable(typeof(ChangeToken))]
[JsonSerializable(typeof(RotateToken))]
[JsonSerializable(typeof(TokenView))]
[JsonSerializable(typeof(IssuedTokenView))]
[JsonSerializable(typeof(TokenListView))]
[JsonSerializable(typeof(CallerView))]
[JsonSerializable(typeof(AddPerson))]
[JsonSerializable(typeof(ChangePerson))]
[JsonSerializable(typeof(PersonView))]
[JsonSerializable(typeof(PersonListView))]
[JsonSerializable(typeof(MakeTenant))]
[JsonSerializable(typeof(TenantView))]
[JsonSerializable(typeof(IssuedTenantView))]
[JsonSerializable(typeof(TenantListView))]
[JsonSerializable(typeof(WebhookBody))]
[JsonSerializable(typeof(WebhookView))]
[JsonSerializable(typeof(WebhookListView))]
[JsonSerializable(typeof(RotateWebhookSecret))]
[JsonSerializable(typeof(WebhookSecretView))]
[JsonSerializable(typeof(MakeInvite))]
[JsonSerializable(typeof(InviteView))]
[JsonSerializable(typeof(IssuedInviteView))]
[JsonSerializable(typeof(InviteListView))]
[JsonSerializable(typeof(JoinFiles))]
[JsonSerializable(typeof(RevokeWorker))]
[JsonSerializable(typeof(WorkerRevoked))]
[JsonSerializable(typeof(EnrolWorker))]
[JsonSerializable(typeof(EnrolledWorker))]
[JsonSerializable(typeof(AskChallenge))]
[JsonSerializable(typeof(KeyChallenge))]
[JsonSerializable(typeof(GrantKinds))]
[JsonSerializable(typeof(CommandPayload))]
[JsonSerializable(typeof(FileReadPayload))]
[JsonSerializable(typeof(FileWritePayload))]
[JsonSerializable(typeof(FileEditPayload))]
[JsonSerializable(typeof(FileStatPayload))]
[JsonSerializable(typeof(FileListPayload))]
[JsonSerializable(typeof(FileTarPayload))]
[JsonSerializable(typeof(FileUploadPayload))]
[JsonSerializable(typeof(FileDownloadPayload))]
[JsonSerializable(typeof(AgentPayload))]
[JsonSerializable(typeof(KindManifest[]))]
[JsonSerializable(typeof(SignedTask))]
[JsonSerializable(typeof(TaskStatement))]
[JsonSerializable(typeof(SignedApproval))]
[JsonSerializable(typeof(ApprovalStatement))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class ProtocolJson : JsonSerializerContext
{
    /// <summary>For answers: a newer server may add fields.</summary>
    public static ProtocolJson Lenient => field ??= new(new JsonSerializerOptions(Default.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        AllowDuplicateProperties = true,
        MaxDepth = 64,
    });
}
