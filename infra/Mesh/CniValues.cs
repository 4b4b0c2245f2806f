namespace GopherMesh.Infra.Mesh;

/// <summary>What the stack changes in the values of the chart <c>cni</c>.</summary>
internal static class CniValues
{
    public static Dictionary<string, object> All() => new()
    {
        ["global"] = ChartPolicies.Values(),

        // On every node, so every node pays for it; the chart asks for as much.
        ["resources"] = new Dictionary<string, object>
        {
            ["requests"] = new Dictionary<string, object> { ["cpu"] = "100m", ["memory"] = "100Mi" },
            ["limits"] = new Dictionary<string, object> { ["memory"] = "256Mi" },
        },
    };
}
