using Pulumi.Serialization;

namespace Pulumi;

/// <summary>Files that go to a provider unchanged: one (<see cref="Asset"/>) or many (<see cref="Archive"/>).</summary>
public abstract class AssetOrArchive
{
    private protected AssetOrArchive(string signature, string property, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        (Signature, Property, Value) = (signature, property, value);
    }

    internal string Signature { get; }

    internal string Property { get; }

    internal object Value { get; }
}

public abstract class Asset : AssetOrArchive
{
    private protected Asset(string property, object value)
        : base(Wire.Asset, property, value)
    {
    }
}

public sealed class FileAsset(string path) : Asset("path", path);

public sealed class StringAsset(string text) : Asset("text", text);

public abstract class Archive : AssetOrArchive
{
    private protected Archive(string property, object value)
        : base(Wire.Archive, property, value)
    {
    }
}

public sealed class FileArchive(string path) : Archive("path", path);
