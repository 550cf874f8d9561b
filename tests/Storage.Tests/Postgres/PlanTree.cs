using System.Text.Json;

namespace OpenClaw.Storage.Tests.Postgres;

/// <summary>A plan as JSON, and what in it reads more the more rows there are.</summary>
internal static class PlanTree
{
    /// <summary>More than any page, batch or window of ours, and less than a share of the 20,000 rows of the tests.</summary>
    private const double Many = 1_000;

    /// <summary>The node that reads as many rows as its condition finds, however many those are; null: there is none.</summary>
    public static string? Growing(IEnumerable<string> json) =>
        Growing(JsonElement.Parse(string.Join('\n', json))[0].GetProperty("Plan"), isCut: false);

    /// <param name="node">A node of the plan.</param>
    /// <param name="isCut">Somebody above takes only so many rows, and nobody between needs all of them.</param>
    private static string? Growing(JsonElement node, bool isCut)
    {
        var type = node.GetProperty("Node Type").GetString()!;
        var rows = node.GetProperty("Plan Rows").GetDouble();
        if (type.Contains("Scan", StringComparison.Ordinal) && !isCut && rows > Many) return $"{type} of {rows} rows: {node}";
        isCut = type switch
        {
            "Limit" => true,
            // They read all there is before they give anything.
            "Sort" or "Aggregate" or "Hash" or "HashAggregate" or "Materialize" or "SetOp" => false,
            _ => isCut,
        };
        if (!node.TryGetProperty("Plans", out var below)) return null;
        return below.EnumerateArray().Select(child => Growing(child, isCut || IsAskedForOne(node, child)))
            .FirstOrDefault(found => found is not null);
    }

    /// <summary>Whether there is a row at all is known with the first one.</summary>
    private static bool IsAskedForOne(JsonElement node, JsonElement child)
    {
        var relation = child.TryGetProperty("Parent Relationship", out var said) ? said.GetString() : null;
        var join = node.TryGetProperty("Join Type", out var type) ? type.GetString() : null;
        return (relation is "SubPlan" or "InitPlan" && child.GetProperty("Plan Width").GetInt32() == 0)
            || (relation == "Inner" && join is "Semi" or "Anti");
    }
}
