using System.Reflection;
using OpenClaw.Storage.Sqlite;

namespace OpenClaw.Storage.Tests.Sqlite;

/// <summary>The store's questions must cost as much on a million rows as on a hundred.</summary>
public sealed class QueryPlanTests
{
    [Fact]
    public async Task No_question_walks_a_table_or_sorts()
    {
        await using var store = new SqliteFixture();
        var questions = Questions();
        Assert.True(questions.Count > 15, $"only {questions.Count} found");

        foreach (var (name, sql) in questions)
        {
            // Read rarely and by one silo alone: the reminders of half a ring.
            if (name == "ReminderTable.Around") continue;
            var plan = await store.Query(string.Intern("EXPLAIN QUERY PLAN " + sql), row => row.Text(3));
            Assert.NotEmpty(plan);
            Assert.All(plan, step => Assert.False(IsSlow(step), $"{name}: {string.Join("; ", plan)}"));
        }
    }

    private static bool IsSlow(string step) =>
        step.Contains("TEMP B-TREE", StringComparison.Ordinal)
        || (step.StartsWith("SCAN", StringComparison.Ordinal) && !step.StartsWith("SCAN json_each", StringComparison.Ordinal));

    private static List<(string Name, string Sql)> Questions() =>
    [
        .. from type in typeof(SqliteStore).Assembly.GetTypes()
           where type.Namespace?.StartsWith(typeof(SqliteStore).Namespace!, StringComparison.Ordinal) == true
           from field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
           where field.IsLiteral && field.FieldType == typeof(string)
           let sql = (string)field.GetRawConstantValue()!
           where sql.StartsWith("SELECT ", StringComparison.Ordinal) && sql.Contains(" WHERE ", StringComparison.Ordinal)
               || sql.StartsWith("SELECT ", StringComparison.Ordinal) && sql.Contains("\nWHERE ", StringComparison.Ordinal)
           select ($"{type.Name}.{field.Name}", sql),
    ];
}
