namespace Pulumi;

public sealed class CustomResourceOptions : ResourceOptions
{
    public bool? DeleteBeforeReplace { get; set; }

    public List<string> AdditionalSecretOutputs { get => field ??= []; set; }

    public string? ImportId { get; set; }

    public static CustomResourceOptions Merge(CustomResourceOptions? options1, CustomResourceOptions? options2)
    {
        var (merged, later) = (Copy(options1), Copy(options2));
        MergeInto(merged, later);
        merged.DeleteBeforeReplace = later.DeleteBeforeReplace ?? merged.DeleteBeforeReplace;
        merged.ImportId = later.ImportId ?? merged.ImportId;
        merged.AdditionalSecretOutputs.AddRange(later.AdditionalSecretOutputs);
        return merged;
    }

    internal override ResourceOptions Clone() => Copy(this);

    private static CustomResourceOptions Copy(CustomResourceOptions? from)
    {
        var copy = Copy<CustomResourceOptions>(from);
        copy.DeleteBeforeReplace = from?.DeleteBeforeReplace;
        copy.ImportId = from?.ImportId;
        copy.AdditionalSecretOutputs = [.. from?.AdditionalSecretOutputs ?? []];
        return copy;
    }
}
