using Pulumi;

namespace GopherMesh.Infra.Eks;

/// <summary>Makes Pulumi's maps from ours.</summary>
internal static class InputMaps
{
    public static InputMap<string> From(IReadOnlyDictionary<string, string> entries)
    {
        var map = new InputMap<string>();
        foreach (var (key, value) in entries)
        {
            map.Add(key, value);
        }

        return map;
    }
}
