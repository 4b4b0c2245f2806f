namespace Pulumi.Eks.Inputs;

public sealed class CoreDnsAddonOptionsArgs : ResourceArgs
{
    [field: Input("configurationValues")]
    public InputMap<object> ConfigurationValues { get => field ??= []; set; }

    [Input("enabled")]
    public bool? Enabled { get; set; } = true;

    [Input("resolveConflictsOnCreate")]
    public ResolveConflictsOnCreate? ResolveConflictsOnCreate { get; set; } = Eks.ResolveConflictsOnCreate.Overwrite;

    [Input("resolveConflictsOnUpdate")]
    public ResolveConflictsOnUpdate? ResolveConflictsOnUpdate { get; set; } = Eks.ResolveConflictsOnUpdate.Overwrite;

    [Input("version")]
    public Input<string>? Version { get; set; }
}
