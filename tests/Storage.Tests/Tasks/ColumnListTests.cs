using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Tests.Tasks;

public sealed class ColumnListTests
{
    private const string Columns = "id, version, state";

    [Fact]
    public void Parts_of_statements_name_each_column_once_and_in_order()
    {
        Assert.Equal(3, ColumnList.Count(Columns));
        Assert.Equal("t.id, t.version, t.state", ColumnList.Qualify("t", Columns));
        Assert.Equal("$1, $2, $3", ColumnList.Parameters("$", Columns));
        Assert.Equal("id = ?2, version = ?3, state = ?4", ColumnList.SetParameters("?", 2, Columns));
        Assert.Equal("id = n.id, version = n.version, state = n.state", ColumnList.SetFrom("n", Columns));
    }
}
