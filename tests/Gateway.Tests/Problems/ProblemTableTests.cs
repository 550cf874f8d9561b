using OpenClaw.Gateway.Problems;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Tests.Problems;

public sealed class ProblemTableTests
{
    [Fact]
    public void Every_refusal_of_a_task_has_a_problem()
    {
        var statuses = Enum.GetValues<Rejection>().Where(rejection => rejection != Rejection.None)
            .ToDictionary(rejection => rejection, rejection => ProblemTable.FromRejection(rejection).Status);

        Assert.Equal(new Dictionary<Rejection, int>
        {
            [Rejection.NotFound] = 404,
            [Rejection.KeyReused] = 422,
            [Rejection.AttemptSuperseded] = 409,
            [Rejection.AlreadyEnded] = 409,
            [Rejection.ResultConflict] = 409,
            [Rejection.LabelsMissing] = 409,
            [Rejection.NotAvailable] = 409,
            [Rejection.BacklogFull] = 429,
            [Rejection.NotAwaitingApproval] = 409,
            [Rejection.ApprovalDiffers] = 409,
            [Rejection.ApprovalIsLocal] = 409,
            [Rejection.ApprovalUnsigned] = 409,
        }, statuses);
        Assert.Throws<ArgumentOutOfRangeException>(() => ProblemTable.FromRejection(Rejection.None));
    }

    [Fact]
    public void Every_type_has_a_title()
    {
        var fields = typeof(ProblemTypes).GetFields();
        Assert.NotEmpty(fields);
        foreach (var field in fields)
            Assert.NotEmpty(ProblemTable.CreateProblem(400, (string)field.GetRawConstantValue()!, "x").Title);
    }

    [Theory]
    [InlineData(typeof(TimeoutException), true)]
    [InlineData(typeof(IOException), true)]
    [InlineData(typeof(OperationCanceledException), true)]
    [InlineData(typeof(Orleans.Storage.InconsistentStateException), true)]
    [InlineData(typeof(InvalidOperationException), false)]
    [InlineData(typeof(NullReferenceException), false)]
    public void Failures_of_store_and_cluster_are_told_from_defects(Type type, bool infrastructure) =>
        Assert.Equal(infrastructure, ProblemMiddleware.IsInfrastructureError((Exception)Activator.CreateInstance(type)!));
}
