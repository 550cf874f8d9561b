using System.Reflection;

namespace OpenClaw.Worker.Processes.Tests.Faults;

/// <summary>The contract's cases that are about processes alone, each with the test that is its proof.</summary>
public sealed class ProcessFaultTable
{
    [Theory]
    [InlineData("timeout or cancel: the whole tree", typeof(ProcessTreeTests),
        nameof(ProcessTreeTests.Fault_10_a_timeout_leaves_no_process_behind))]
    public void A_case_has_its_test(string what, Type tests, string name)
    {
        var found = tests.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is { Skip: null });
        Assert.True(found.Any(method => method.Name == name), $"{what}: no test {tests.Name}.{name}");
    }
}
