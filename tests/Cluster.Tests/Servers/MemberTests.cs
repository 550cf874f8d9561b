namespace OpenClaw.Cluster.Tests.Servers;

public sealed class MemberTests
{
    private const string Metrics =
        """
        # TYPE orleans_catalog_activations gauge
        orleans_catalog_activations{silo="a",grain_type="task"} 3
        orleans_catalog_activations{silo="b",grain_type="task"} 4
        orleans_catalog_activations{silo="a",grain_type="worker"} 2
        orleans_catalog_activations{silo="a",grain_type="workerdirectory"} 1
        orleans_catalog_activation_created{silo="a",grain_type="task"} 99
        """;

    [Theory, InlineData("task", 7), InlineData("worker", 2), InlineData("queue", 0)]
    public void Grains_are_counted_by_their_type(string type, int expected) => Assert.Equal(expected, Member.CountGrains(Metrics, type));
}
