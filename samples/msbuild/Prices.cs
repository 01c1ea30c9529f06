namespace Shop.Assistant;

/// <summary>Any code: the project ships the model that the gate judges.</summary>
public static class Prices
{
    public const string Model = "../models/facts-llama";
}
